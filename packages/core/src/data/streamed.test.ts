import { describe, expect, it } from 'vitest';
import { LockstepError } from '../errors.ts';
import { selectRows, storedRow, valuesOf } from './dataset.ts';
import { rescale } from './rescale.ts';
import { withRing } from './rowStream.ts';
import { kFold, trainValidationSplit } from './split.ts';
import { standardise } from './standardise.ts';
import { inBlocks, splitBlocks, streamed } from './streamed.ts';
import { patternInMemory, patternStream } from './testing/patternData.ts';

const module = new URL('./testing/patternRows.ts', import.meta.url);

function failure(action: () => unknown): LockstepError {
  try {
    action();
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('no LockstepError was thrown');
}

describe('streamed', () => {
  const data = patternStream({ rows: 100 }, { blockRows: 8, windowBlocks: 2 });

  it('has blocks of 4 MiB unless it is told', () => {
    const of = (shape: readonly number[]) =>
      streamed({ module, rows: 1e6, fields: { x: { shape, dtype: 'float32' } } }).blocks;
    expect(of([784])).toEqual({ rows: 1024, window: 8 });
    expect(of([])).toEqual({ rows: 2 ** 20, window: 8 });
    expect(of([2 ** 21])).toEqual({ rows: 1, window: 8 });
  });

  it('has room for what a mini-batch may need and two windows ahead, within its memory', () => {
    const slots = (batchSize: number, memory = 1e6) =>
      withRing(patternStream({ rows: 1000 }, { blockRows: 8, windowBlocks: 2, memory }), batchSize).stream
        ?.slots;
    expect(slots(4)).toBe(2 * (2 + 2));
    expect(slots(17)).toBe(2 * (4 + 2));
    expect(slots(4, 8 * 21 * 5)).toBe(5);
    expect(failure(() => slots(4, 8 * 21 * 3))).toMatchObject({
      code: 'MEMORY_LIMIT',
      wanted: '672 for 4 blocks',
    });
  });

  it('refuses what needs all rows at once', () => {
    for (const action of [
      () => selectRows(data, [1]),
      () => valuesOf(data, 'x'),
      () => trainValidationSplit(data, 0.2, 0),
      () => kFold(data, 5, 0),
      () => standardise(data, 'x'),
    ])
      expect(failure(action).code).toBe('BAD_OPTION');
    expect(rescale(data, 'x', { scale: 2 }).fields['x']?.preprocessing).toEqual({ offset: [0], scale: [2] });
  });

  it('sets its last blocks aside, as rows in memory do', () => {
    const { train, validation } = splitBlocks(data, 3);
    expect([train.rows, train.stream?.firstRow]).toEqual([80, 0]);
    expect([validation.rows, validation.stream?.firstRow]).toEqual([20, 80]);
    const there = splitBlocks(patternInMemory(100, { blockRows: 8 }), 3);
    expect([there.train.rows, storedRow(there.validation, 0), there.validation.rows]).toEqual([80, 80, 20]);
    for (const blocks of [0, 13, Number.NaN])
      expect(failure(() => splitBlocks(data, blocks)).code).toBe('BAD_OPTION');
  });

  it('names the option that is wrong', () => {
    const fields = { x: { shape: [2], dtype: 'float32' } } as const;
    expect(failure(() => streamed({ module: './rows.ts', rows: 5, fields }))).toMatchObject({
      code: 'BAD_OPTION',
      where: { field: 'streamed.module' },
    });
    expect(failure(() => streamed({ module, rows: 2 ** 31, fields })).where.field).toBe('streamed.rows');
    expect(failure(() => streamed({ module, rows: 5, fields: {} })).code).toBe('EMPTY_DATA');
    expect(failure(() => inBlocks(patternInMemory(5, {}), { blockRows: 0 })).where.field).toBe(
      'inBlocks.blockRows',
    );
  });
});
