import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import { parseLines } from './lockstepProcess.ts';

const runFile = fileURLToPath(new URL('fixtures/runFiles/small.ts', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-modes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs `lockstep train` in this process. */
const train = (...args: readonly string[]): ReturnType<typeof commandInProcess> =>
  commandInProcess(['train', runFile, ...args]);

const doneOf = (stdout: string): Record<string, unknown> => parseLines(stdout).at(-1) ?? {};

it('--record keeps an order that --replay has the same bits by, with the workers of the record', async () => {
  const [record, out] = [join(folder, 'order.jsonl'), join(folder, 'first')];
  const mode = ['--mode', 'stale', '--bound', '1', '--json'];
  const first = await train(...mode, '--workers', '3', '--record', record, '--out', out);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(parseLines(first.stdout)[0]).toMatchObject({ type: 'start', mode: 'stale', workers: 3 });
  expect(doneOf(first.stdout)['staleness']).toHaveLength(3);
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
    mode: { name: 'stale', bound: 1 },
  });
  const again = await train(...mode, '--replay', record, '--out', join(folder, 'again'));
  expect(doneOf(again.stdout)['weightsHash']).toBe(doneOf(first.stdout)['weightsHash']);
  const { workers } = JSON.parse(readFileSync(join(folder, 'again', 'run.json'), 'utf8'));
  expect(workers).toBe(3);
  const fewer = await train(...mode, '--workers', '2', '--replay', record, '--out', join(folder, 'fewer'));
  expect([fewer.code, fewer.stderr]).toEqual([2, expect.stringContaining('Leave --workers out')]);
  const other = await train(...mode, '--seed', '99', '--replay', record, '--out', join(folder, 'other'));
  expect(other.code).toBe(3);
  expect(other.stderr).toContain('the record is of another run');
});

it('--mode local has the same bits with any number of workers, and goes on with --resume', async () => {
  const mode = ['--mode', 'local', '--replicas', '3', '--outer-momentum', '0.5', '--json'];
  const one = await train(...mode, '--workers', '1', '--out', join(folder, 'one'));
  const out = join(folder, 'two');
  const begun = await train(...mode, '--workers', '2', '--set', 'maxSteps=8', '--out', out);
  expect(doneOf(begun.stdout)['steps']).toBe(8);
  const two = await train(...mode, '--workers', '2', '--resume', '--out', out);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(doneOf(two.stdout)['weightsHash']).toBe(doneOf(one.stdout)['weightsHash']);
  expect(two.stdout).not.toContain('its bits are those of neither');
});

it('a run that goes on in another mode says so', async () => {
  const out = join(folder, 'changed');
  await train('--json', '--set', 'maxSteps=5', '--out', out);
  const { stdout } = await train('--mode', 'local', '--json', '--resume', '--out', out);
  expect(stdout).toContain('its bits are those of neither');
  const [newest = ''] = readdirSync(join(out, 'checkpoints')).sort().slice(-1);
  const file = join(folder, 'taken out of its folder.ckpt');
  copyFileSync(join(out, 'checkpoints', newest), file);
  const momentum = ['--mode', 'local', '--outer-momentum', '0.5', '--epochs', '9'];
  const other = await train(...momentum, '--json', '--resume', file, '--out', join(folder, 'other place'));
  expect([other.code, other.stderr]).toEqual([0, '']);
  const warnings = parseLines(other.stdout).flatMap(({ type, message }) =>
    type === 'warning' ? [message] : [],
  );
  expect(warnings).toEqual([
    'the run had no outer momentum so far: it begins at 0',
    expect.stringMatching(/"outerMomentum":0}.*"outerMomentum":0.5}: its bits are those of neither/),
  ]);
});

describe('bad flags', () => {
  it.each<[string, readonly string[], number, string]>([
    ['another mode’s', ['--bound', '2'], 2, '--bound'],
    ['a record of the synchronous mode', ['--record', 'x'], 2, 'depend on no order'],
    ['a record and a replay', ['--mode', 'stale', '--record', 'x', '--replay', 'y'], 2, 'either keeps'],
    ['a record that there is not', ['--mode', 'stale', '--replay', '/nowhere'], 3, 'cannot be read'],
    ['a mode that there is not', ['--mode', 'hogwold'], 2, 'hogwild'],
    ['sums that nobody combines', ['--mode', 'stale', '--reduce', 'tree'], 2, '--reduce'],
    ['copies that nobody makes', ['--mode', 'hogwild', '--copy-seconds', '1'], 2, '--copy-seconds'],
    ['a momentum of 1', ['--mode', 'local', '--outer-momentum', '1'], 2, 'below 1'],
  ])('%s', async (_, flags, code, says) => {
    const ended = await train(...flags, '--out', join(folder, 'bad'));
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(says)]);
  });

  it('a record that is none', async () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, '{"format":');
    const { code, stderr } = await train('--mode', 'stale', '--replay', file, '--out', join(folder, 'bad'));
    expect([code, stderr]).toEqual([3, expect.stringContaining('broken.jsonl:1')]);
  });
});
