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
    // Forked processes, not threads: tests start worker threads of their own and set process-wide V8 flags.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
