import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { countWorkers } from './workers.ts';

const mebibytes = (count: number): number => count * 2 ** 20;

it('takes numbers that there is memory for as they are, and one in any case', () => {
  expect(countWorkers(1024, mebibytes(32 * 1024))).toBe(1024);
  expect(countWorkers(1, mebibytes(16))).toBe(1);
  expect(countWorkers('auto')).toBe(Math.min(availableParallelism(), 1024));
  expect(countWorkers(2)).toBe(2);
});

it('refuses more threads than the machine could hold', () => {
  expect(() => countWorkers(65, mebibytes(2048))).toThrow(
    expect.objectContaining({
      code: 'MEMORY_LIMIT',
      where: { field: 'workers' },
      got: '65, which take 2080 MiB before they make a step',
      wanted: 'at most 64',
    }),
  );
});
