import { packageBundle } from '../../scripts/packageBundle.ts';

export default packageBundle({
  main: './src/main.ts',
  flagless: './src/verify/flagless.ts',
});
