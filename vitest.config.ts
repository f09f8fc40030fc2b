import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'examples/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // A test that is focused by mistake fails. (The linter's rule for it takes every call of our `fit` for one.)
    allowOnly: false,
    // Forked processes, not threads: tests start worker threads of their own and set process-wide V8 flags.
    pool: 'forks',
    // All cores: half of what tests do is to wait for processes and threads of their own.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
