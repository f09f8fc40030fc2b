import { packageBundle } from '../../scripts/packageBundle.ts';

export default packageBundle({
  main: './src/main.ts',
  clinicRun: './src/profile/clinicRun.ts',
  flagless: './src/verify/flagless.ts',
});
