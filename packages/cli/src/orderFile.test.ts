import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineRun, dense, fromArrays, type Run, type RunOptions, sequential, sgd } from '@lockstep/core';
import { describeRun } from '@lockstep/core/io';
import type { Mode } from '@lockstep/parallel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOrderFile, readOrderFile } from './orderFile.ts';

const mode: Mode = { name: 'stale', bound: 4 };
const runWith = (options: Partial<RunOptions> = {}): Run =>
  defineRun({
    name: 'line',
    data: fromArrays({ x: [[0], [1], [2], [3]], y: [0, 2, 4, 6] }),
    model: sequential(dense(1)),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 2,
    batchSize: 2,
    seed: 1,
    ...options,
  });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-order-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a record of {@link runWith}, and what follows its rows. */
function recorded(name: string, rows: readonly (readonly number[])[] = [[0, 0, 1, 0]], rest = ''): string {
  const file = join(folder, name);
  const writer = openOrderFile(file);
  const configuration = describeRun(runWith());
  writer.begin({ run: 'line', mode, workers: 3, configuration });
  for (const row of rows) writer.write(Int32Array.from(row));
  writer.close();
  writeFileSync(file, rest, { flag: 'a' });
  return file;
}

it('has the rows that were written, and the number of workers', async () => {
  const rows = [[0, 0, 1, 0], [], [2, 0, 3, 0]];
  const { orders, workers } = await readOrderFile(recorded('whole', rows), runWith(), mode);
  expect([workers, orders]).toEqual([3, rows.map((row) => Int32Array.from(row))]);
});

it('is of longer and shorter runs too', async () => {
  const file = recorded('long');
  await expect(readOrderFile(file, runWith({ epochs: 9, checkpoint: {} }), mode)).resolves.toBeDefined();
});

describe('is refused', () => {
  it.each<[string, Partial<RunOptions>, Mode]>([
    ['run.optimizer', { optimizer: sgd({ learningRate: 0.2 }) }, mode],
    ['run.batchSize', { batchSize: 1 }, mode],
    ['run.seed', { seed: 2 }, mode],
    ['run', { name: 'other' }, mode],
    ['mode', {}, { name: 'stale', bound: 3 }],
  ])('of another %s', async (name, options, asked) => {
    const file = recorded(`other ${name}`);
    await expect(readOrderFile(file, runWith(options), asked)).rejects.toMatchObject({
      code: 'BAD_RECORD',
      got: expect.stringMatching(`^${name} `),
      wanted: expect.stringMatching(`^${name} `),
      hint: expect.anything(),
    });
  });

  it('of a version whose runs have other bits', async () => {
    const file = recorded('numerics');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"numericsVersion":\d+/, '"numericsVersion":0'));
    await expect(readOrderFile(file, runWith(), mode)).rejects.toMatchObject({ got: 'numericsVersion 0' });
  });

  it.each<[string, readonly (readonly number[])[], string, string]>([
    ['without rows', [], '', 'has no rows'],
    ['with a row of an odd length', [], '{"order":[1,2,3]}\n', 'a row that is none'],
    ['with a number that is too large', [], '{"order":[0,4294967296]}\n', 'a row that is none'],
    ['with a line cut short', [[0, 0, 1, 0]], '{"order":[0,', 'a line that is none'],
  ])('%s', async (name, rows, rest, says) => {
    await expect(readOrderFile(recorded(name, rows, rest), runWith(), mode)).rejects.toMatchObject({
      code: 'BAD_RECORD',
      message: expect.stringContaining(says),
      hint: expect.anything(),
    });
  });
});

describe('its file', () => {
  it('is there from when the run starts', () => {
    const file = join(folder, 'late');
    const writer = openOrderFile(file);
    expect(existsSync(file)).toBe(false);
    writer.close();
    expect(existsSync(file)).toBe(false);
  });

  it('never takes the place of another', () => {
    const file = recorded('taken');
    const refused = expect.objectContaining({ code: 'NOT_WRITABLE', hint: expect.anything() });
    expect(() => openOrderFile(file)).toThrow(refused);
    const writer = openOrderFile(join(folder, 'taken meanwhile'));
    recorded('taken meanwhile');
    const header = { run: 'line', mode, workers: 1, configuration: {} };
    expect(() => writer.begin(header)).toThrow(refused);
  });

  it('cannot be in a folder that there is not', () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    rmSync(gone, { recursive: true });
    expect(() => openOrderFile(join(gone, 'x'))).toThrow('the record cannot be begun');
  });
});
