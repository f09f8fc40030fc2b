import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Folders of core whose tests compute and change nothing in their process: they can run in one after another. */
const pure =
  'packages/core/src/{tensor,nest,graph,ops,autodiff,compile,kernels,runtime,nn,optim,data,train,io}/**/*.test.ts';

export default defineConfig({
  test: {
    // A test that is focused by mistake fails. (The linter's rule for it takes every call of our `fit` for one.)
    allowOnly: false,
    // Forked processes, not threads: tests start worker threads of their own and set process-wide V8 flags.
    pool: 'forks',
    // All cores: half of what tests do is to wait for processes and threads of their own.
    maxWorkers: '100%',
    // Threads and processes that tests start find their modules compiled: half of what such a test takes, otherwise.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'whole',
          include: [
            'packages/*/src/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
            'examples/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', pure],
        },
      },
      // A process for each file would take longer to start than most of these do to run.
      { extends: true, test: { name: 'pure', include: [pure], isolate: false } },
    ],
  },
});
