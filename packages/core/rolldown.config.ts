import { packageBundle } from '../../scripts/packageBundle.ts';

export default packageBundle({
  index: './src/index.ts',
  engine: './src/engine.ts',
  rank: './src/rank.ts',
  'io/index': './src/io/index.ts',
  'node/index': './src/node/index.ts',
  'node/rowFiles': './src/node/rowFiles.ts',
});
