import { availableParallelism } from 'node:os';
import { defineRun, dense, fromArrays, sequential } from '@lockstep/core';
import { prepareRun } from '@lockstep/core/engine';
import { describe, expect, it } from 'vitest';
import { compileForThreads } from './compileForThreads.ts';
import { workersFor } from './work.ts';
import type { Workers } from './workers.ts';

/** A network of one hidden layer for 64 rows. */
function compiled(
  width: number,
  workers: Workers,
): { readonly workers: number; readonly warnings: string[] } {
  const run = defineRun({
    data: fromArrays({
      x: { values: new Float32Array(64 * width), shape: [width] },
      y: { values: new Float32Array(64), shape: [1] },
    }),
    model: sequential(dense(width), dense(1)),
    loss: 'meanSquaredError',
    epochs: 1,
    batchSize: 64,
  });
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  const { compilation } = compileForThreads(prepareRun(run).sources, { workers, onWarning });
  return { workers: compilation.workers, warnings };
}

describe('the number of workers', () => {
  it('is what is asked for, with a warning if some will have nothing to do', () => {
    expect(compiled(2, 3)).toEqual({ workers: 3, warnings: [] });
    const { workers, warnings } = compiled(2, 100);
    expect(workers).toBe(100);
    expect(warnings).toEqual([
      expect.stringContaining('100 workers share work that can be cut into 16 parts'),
    ]);
  });

  it('is as many as there are cores and work for, if that is asked for', () => {
    expect(compiled(2, 'auto')).toEqual({ workers: 1, warnings: [] });
    expect(compiled(256, 'auto')).toEqual({ workers: Math.min(availableParallelism(), 32), warnings: [] });
  });

  it.each([
    { points: 199_999, units: 64, cores: 8, workers: 1 },
    { points: 200_000, units: 64, cores: 8, workers: 2 },
    { points: 5_000_000, units: 64, cores: 8, workers: 8 },
    { points: 5_000_000, units: 3, cores: 8, workers: 3 },
    { points: 0, units: 1, cores: 8, workers: 1 },
  ])(
    'is $workers for $points points in $units parts and $cores cores',
    ({ points, units, cores, workers }) => {
      expect(workersFor({ points, units }, cores)).toBe(workers);
    },
  );

  it.each([0, -1, 1.5, 1025, Number.NaN])('cannot be %d', (workers) => {
    expect(() => compiled(2, workers)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});
