import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Source files that were written after this process had started. Threads load them when they start, and so may have
 * run other code than the thread that they are compared with.
 */
export function changedSources(): readonly string[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root }).filter((file) => {
    const { mtimeMs } = statSync(join(root, file), { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    return mtimeMs > performance.timeOrigin;
  });
}
