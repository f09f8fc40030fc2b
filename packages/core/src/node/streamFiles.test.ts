import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BlockReader } from '../data/blockSource.ts';
import type { Dataset } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import { writeNpy } from './readNpy.ts';
import { streamFiles } from './streamFiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const value = (row: number, column: number): number => row * 3 + column + 0.5;
const rowsFrom = (from: number, count: number) =>
  Float32Array.from({ length: count * 3 }, (_, place) => value(from + Math.floor(place / 3), place % 3));

function failure(action: () => unknown): LockstepError {
  try {
    action();
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('no LockstepError was thrown');
}

/** Rows of a data set of `x` and `y`, read into memory that threads share. */
async function read({ stream, fields, rows }: Dataset, start: number, count: number): Promise<unknown> {
  if (stream === undefined) throw new Error('not streamed');
  const { module, options } = stream;
  const reader = new BlockReader({ module, options, endRow: rows, fields });
  const x = new Float32Array(new SharedArrayBuffer(4 * 3 * count));
  const y = new Uint8Array(new SharedArrayBuffer(count));
  await reader.read({ block: 0, start, count }, { x, y });
  await reader.close();
  return { x: [...x], y: [...y] };
}

describe('streamFiles', () => {
  mkdirSync(at('x'));
  for (const [name, from, count] of [
    ['a.npy', 0, 4],
    ['b.npy', 4, 1],
    ['c.npy', 5, 5],
  ] as const)
    writeNpy(join(at('x'), name), { shape: [count, 3], dtype: 'float32', values: rowsFrom(from, count) });
  writeFileSync(
    at('y.bin'),
    Uint8Array.from({ length: 10 }, (_, row) => row % 4),
  );
  const y = { path: at('y.bin'), shape: [], dtype: 'uint8', classes: 4 } as const;
  const data = streamFiles({ x: at('x'), y }, { blockRows: 2 });

  it('reads rows from where they lie, in one file or over several', async () => {
    expect([data.rows, data.fields['x']?.shape, data.blocks?.rows]).toEqual([10, [3], 2]);
    for (const [start, count] of [
      [0, 10],
      [3, 3],
      [4, 1],
      [9, 1],
    ] as const)
      expect(await read(data, start, count)).toEqual({
        x: [...rowsFrom(start, count)],
        y: Array.from({ length: count }, (_, row) => (start + row) % 4),
      });
  });

  it('says what is wrong with files before a run begins', () => {
    expect(failure(() => streamFiles({ x: at('none') })).code).toBe('DATA_MISSING');
    expect(failure(() => streamFiles({ y: at('y.bin') })).code).toBe('BAD_NPY');
    expect(
      failure(() => streamFiles({ y: { path: at('y.bin'), shape: [3], dtype: 'uint8' } })),
    ).toMatchObject({
      code: 'SHAPE_MISMATCH',
      got: '10 bytes',
    });
    writeFileSync(at('short.bin'), new Uint8Array(9));
    expect(failure(() => streamFiles({ x: at('x'), y: { ...y, path: at('short.bin') } })).wanted).toBe(
      '10, as in x',
    );
    writeNpy(at('cut.npy'), { shape: [4, 3], dtype: 'float32', values: rowsFrom(0, 4) });
    truncateSync(at('cut.npy'), 150);
    expect(failure(() => streamFiles({ x: at('cut.npy') })).code).toBe('NPY_TRUNCATED');
    mkdirSync(at('empty'));
    expect(failure(() => streamFiles({ x: at('empty') })).code).toBe('EMPTY_DATA');
    mkdirSync(at('mixed'));
    writeNpy(join(at('mixed'), '1.npy'), { shape: [1, 3], dtype: 'float32', values: rowsFrom(0, 1) });
    writeNpy(join(at('mixed'), '2.npy'), { shape: [3], dtype: 'float32', values: rowsFrom(0, 1) });
    expect(failure(() => streamFiles({ x: at('mixed') })).got).toBe('float32 []');
  });

  it('allocates no more than there is for a header that says how long it is', () => {
    // Version 2, and a header of almost 4 GiB.
    writeFileSync(
      at('long.npy'),
      Buffer.from([0x93, ...Buffer.from('NUMPY'), 2, 0, 0xf0, 255, 255, 255, 0x7b]),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(() => streamFiles({ x: at('long.npy') })).code).toBe('NPY_TRUNCATED');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it('says so when a file became shorter since', async () => {
    writeNpy(at('shrinks.npy'), { shape: [4, 3], dtype: 'float32', values: rowsFrom(0, 4) });
    writeFileSync(at('four.bin'), new Uint8Array(4));
    const shrinking = streamFiles({ x: at('shrinks.npy'), y: { ...y, path: at('four.bin') } });
    truncateSync(at('shrinks.npy'), 140);
    const error: unknown = await read(shrinking, 0, 4).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BAD_SOURCE', got: expect.stringContaining('ends too early') });
  });
});
