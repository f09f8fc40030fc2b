import { packageBundle } from '../../scripts/packageBundle.ts';

export default packageBundle({
  index: './src/index.ts',
  coordinatorWorker: './src/coordinator/coordinatorWorker.ts',
  freeWorker: './src/async/freeWorker.ts',
  loaderWorker: './src/threads/loaderWorker.ts',
  rankWorker: './src/threads/rankWorker.ts',
});
