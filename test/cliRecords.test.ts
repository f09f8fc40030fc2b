import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import { parseLines } from './lockstepProcess.ts';

const runFile = fileURLToPath(new URL('fixtures/runFiles/small.ts', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-records-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** Runs `lockstep train` in this process, in the mode `server`. */
const train = (...args: readonly string[]): ReturnType<typeof commandInProcess> =>
  commandInProcess(['train', runFile, '--mode', 'server', '--json', ...args]);

it('a record that was cut is replayed up to there, saved, and of no other run', async () => {
  const record = join(folder, 'order.jsonl');
  await train('--workers', '2', '--record', record, '--out', join(folder, 'first'));
  const lines = readFileSync(record, 'utf8').split('\n');
  // The header and two of four epochs.
  writeFileSync(record, `${lines.slice(0, 3).join('\n')}\n`);
  const out = join(folder, 'cut');
  const { code, stdout } = await train('--replay', record, '--out', out);
  const events = parseLines(stdout);
  expect(code).toBe(0);
  expect(events).toContainEqual({
    type: 'warning',
    message: expect.stringContaining('the record ends before the run does'),
  });
  expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', steps: 8 });
  expect(readdirSync(join(out, 'checkpoints'))).not.toEqual([]);

  const other = await train('--lr', '0.01', '--replay', record, '--out', join(folder, 'other'));
  expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('run.learningRate')]);
});

it('a run that is over keeps no record, and replays none', async () => {
  const out = join(folder, 'over');
  await train('--epochs', '1', '--out', out);
  const over = await train('--epochs', '1', '--resume', out);
  expect([over.code, parseLines(over.stdout).map(({ type }) => type)]).toEqual([0, ['done']]);
  const record = join(folder, 'over.jsonl');
  for (const flag of ['--record', '--replay']) {
    const { code, stderr } = await train('--epochs', '1', '--resume', out, flag, record);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Leave --resume out')]);
  }
  expect(existsSync(record)).toBe(false);
});

it('a run that never starts leaves no record', async () => {
  const record = join(folder, 'never.jsonl');
  writeFileSync(join(folder, 'run.json'), '{}');
  const { code, stderr } = await train('--record', record, '--out', folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining('holds a run already')]);
  expect(existsSync(record)).toBe(false);
});

it('a record that the disk has no room for ends the run, which is saved', async () => {
  const write = fs.writeFileSync;
  let rows = 0;
  vi.spyOn(fs, 'writeFileSync').mockImplementation((file, data, options) => {
    const isRow = String(data).startsWith('{"order"');
    if (isRow) rows += 1;
    if (isRow && rows > 1) throw new Error('ENOSPC: no space left on device, write');
    write(file, data, options);
  });
  syncBuiltinESMExports();
  const out = join(folder, 'full');
  const record = join(folder, 'full.jsonl');
  const { code, stderr } = await train('--epochs', '2000', '--record', record, '--out', out);
  expect([code, stderr]).toEqual([3, expect.stringContaining('no space left on device')]);
  expect(readFileSync(record, 'utf8').match(/"order"/g)).toHaveLength(1);
  expect(readdirSync(join(out, 'checkpoints'))).not.toEqual([]);
});
