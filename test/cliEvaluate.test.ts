import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandEnded, commandInProcess } from './commandInProcess.ts';
import { parseLines } from './lockstepProcess.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const digitsFile = inRepository('examples/data/digits.csv');
const rentsFile = inRepository('examples/tabular/rents.csv');

let folder = '';
const lockstep = (...args: readonly string[]): Promise<CommandEnded> =>
  commandInProcess(args, { cwd: folder });
const trained = async (runFile: string, out: string): Promise<Record<string, unknown> | undefined> => {
  const flags = ['--epochs', '2', '--json', '--out', out, '--checkpoint-epochs', '1'];
  const { stdout } = await lockstep('train', inRepository(runFile), ...flags);
  return parseLines(stdout).at(-1);
};
let digits: Record<string, unknown> | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-evaluate-'));
  digits = await trained('examples/digits/train.ts', 'digits');
  await trained('examples/tabular/train.ts', 'tabular');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Cells of the last column of a table without quotes. */
const lastColumn = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').at(-1) ?? '');

describe('lockstep evaluate', { timeout: 60_000 }, () => {
  it('measures what training measured, with the confusion matrix', async () => {
    const { code, stdout, stderr } = await lockstep('evaluate', 'digits', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { tables, ...evaluation } = JSON.parse(stdout);
    const { valLoss: loss, valMetrics: metrics } = digits ?? {};
    expect(evaluation).toMatchObject({ type: 'evaluation', step: 90, rows: 359, loss, metrics });
    const matrix: number[][] = tables.confusionMatrix;
    const right = matrix.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
    expect(right / 359).toBe(evaluation.metrics.accuracy);
    expect(matrix.flat().reduce((sum, count) => sum + count)).toBe(359);
  });

  it('measures a checkpoint on other rows, and says what cannot be read', async () => {
    const lines = readFileSync(digitsFile, 'utf8').split('\n').slice(0, 101);
    writeFileSync(join(folder, 'some.csv'), lines.join('\n'));
    const checkpoint = 'digits/checkpoints/step-000000045.ckpt';
    const plain = await lockstep('evaluate', checkpoint, '--data', 'some.csv', '--target', 'label');
    expect(plain.stdout).toMatch(/^digits after step 45, 100 rows of some.csv\nloss [\d.]+ {2}accuracy 0.\d/);
    const missing = await lockstep('evaluate', 'nowhere');
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('nowhere')]);
    const other = await lockstep('evaluate', checkpoint, '--run', inRepository('examples/xor/train.ts'));
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('OTHER_RUN')]);
    const flat = await lockstep('evaluate', 'digits', '--data', 'some.csv');
    expect([flat.code, flat.stderr]).toEqual([2, expect.stringContaining('--target')]);

    truncateSync(join(folder, 'digits/checkpoints/step-000000090.ckpt'), 5000);
    const before = await lockstep('evaluate', 'digits');
    expect([before.code, before.stderr]).toEqual([0, expect.stringContaining('cut short')]);
    expect(before.stdout).toContain('after step 45');
  });
});

describe('lockstep predict', { timeout: 60_000 }, () => {
  it('names the class of each row, as often right as evaluate says', async () => {
    const checkpoint = 'digits/checkpoints/step-000000045.ckpt';
    const flags = ['--target', 'label', '--json'];
    const evaluated = await lockstep('evaluate', checkpoint, '--data', digitsFile, ...flags);
    const { code, stderr } = await lockstep(
      'predict',
      checkpoint,
      ...['--input', digitsFile, '--target', 'label', '--output', 'predicted.csv', '--workers', '2'],
    );
    expect([code, stderr]).toEqual([0, '']);
    const predicted = lastColumn(readFileSync(join(folder, 'predicted.csv'), 'utf8'));
    const labels = lastColumn(readFileSync(digitsFile, 'utf8'));
    const right = predicted.filter((label, row) => label === labels[row]).length;
    // The metric is a quotient in float64 too.
    expect(right / labels.length).toBe(JSON.parse(evaluated.stdout).metrics.accuracy);
  });

  it('encodes raw rows of a table by what was saved, and gives numbers as they were before scaling', async () => {
    const rows = readFileSync(rentsFile, 'utf8').trimEnd().split('\n');
    // New rows need no rent.
    const unknown = rows.map((line) => line.replace(/,[^,]*$/, ''));
    writeFileSync(join(folder, 'unknown.csv'), `${unknown.join('\n')}\n`);
    const { stdout } = await lockstep('predict', 'tabular', '--input', 'unknown.csv', '--json');
    const predicted = parseLines(stdout).map(({ rent }) => Number(rent));
    const rents = lastColumn(rows.join('\n')).map(Number);
    const mean = rents.reduce((sum, rent) => sum + rent, 0) / rents.length;
    const total = rents.reduce((sum, rent) => sum + (rent - mean) ** 2, 0);
    const left = rents.reduce((sum, rent, at) => sum + (rent - (predicted[at] ?? 0)) ** 2, 0);
    const evaluated = await lockstep('evaluate', 'tabular', '--data', rentsFile, '--json');
    expect(1 - left / total).toBeCloseTo(JSON.parse(evaluated.stdout).metrics.r2, 4);
    const raw = await lockstep('predict', 'tabular', '--input', 'unknown.csv', '--raw');
    expect(raw.stdout.split('\n')[0]).toBe('rent');
    expect(Number(raw.stdout.split('\n')[1])).toBeLessThan(10);
  });
});
