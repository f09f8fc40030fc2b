import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import { parseLines } from './lockstepProcess.ts';

const runFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/runFiles/${name}.ts`, import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-profile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs the command in this process. */
const profile = (name: string, ...args: readonly string[]): ReturnType<typeof commandInProcess> =>
  commandInProcess(['profile', runFile(name), ...args]);

it('--tool trace has a timeline of each number of workers, of the steps asked for', async () => {
  const out = join(folder, 'trace');
  const flags = ['--tool', 'trace', '--workers', '1,2', '--steps', '30', '--json', '--out', out];
  const { code, stdout, stderr } = await profile('small', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  const reports = parseLines(stdout);
  expect(reports).toMatchObject([
    { type: 'profile', tool: 'trace', name: 'small', workers: 1, steps: 30 },
    { type: 'profile', tool: 'trace', name: 'small', workers: 2, steps: 30 },
  ]);
  const { traceEvents } = JSON.parse(readFileSync(join(out, 'workers-2', 'timeline.json'), 'utf8'));
  for (const rank of [0, 1]) {
    const steps = traceEvents
      .filter(({ ph, tid }: { ph: string; tid: number }) => ph === 'X' && tid === rank)
      .map(({ args }: { args: { step: number } }) => args.step);
    // After 30 to warm up, and the initial values.
    expect([...new Set(steps)]).toEqual(Array.from({ length: 30 }, (_, at) => 31 + at));
  }
  expect(readFileSync(join(out, 'workers-2', 'timeline.svg'), 'utf8')).toContain('rank 1');
});

it('--mode profiles another mode, in which a step is one worker’s', async () => {
  const mode = ['--mode', 'server', '--queue', '2', '--workers', '2'];
  const flags = ['--tool', 'trace', '--steps', '30', '--json', '--out', join(folder, 'server')];
  const { code, stdout, stderr } = await profile('small', ...mode, ...flags);
  expect([code, stderr]).toEqual([0, '']);
  // Three timelines, of two workers and the server, which applies what both have computed.
  expect(parseLines(stdout)).toMatchObject([
    { type: 'profile', mode: 'server', workers: 2, steps: 30, ranks: [{ update: 0 }, { update: 0 }, {}] },
  ]);
  const local = ['--mode', 'local', '--replicas', '3', '--workers', '2', '--tool', 'trace', '--steps', '12'];
  const lines = await profile('small', ...local, '--out', join(folder, 'local'));
  expect(lines.stdout).toMatch(/^small, 2 workers, mode local: 12 steps in /);
  // Of a step that one worker makes there is no longest and shortest share.
  expect(lines.stdout).toMatch(/^median of a step +rank 0 +rank 1$/m);
});

it('--tool cpu has a profile of every thread, and a table', async () => {
  const out = join(folder, 'cpu');
  const { code, stdout, stderr } = await profile('wide', '--workers', '2', '--seconds', '0.3', '--out', out);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^wide, 2 workers: [\d,]+ steps in 0\.\d+ s, [\d,]+ samples\/s$/m);
  expect(stdout).toMatch(/^self time +rank 0 +rank 1$/m);
  expect(stdout).toMatch(/^\(waiting for other ranks\) +\d+\.\d %/m);
  expect(stdout).toMatch(/ phase 0 +\d+\.\d %/);
  const threads = ['coordinator', 'main', 'rank-0', 'rank-1'];
  expect(readdirSync(out).sort()).toEqual(threads.flatMap((name) => [`${name}.cpuprofile`, `${name}.svg`]));
  const { startTime, endTime } = JSON.parse(readFileSync(join(out, 'rank-1.cpuprofile'), 'utf8'));
  expect((endTime - startTime) / 1e6).toBeLessThanOrEqual(0.3);
});

it('refuses what makes no sense, and a folder with something in it', async () => {
  expect((await profile('small', '--tool', 'flame', '--workers', '2')).code).toBe(2);
  expect((await profile('small', '--tool', 'cpu', '--open')).code).toBe(2);
  for (const flags of [
    ['--mode', 'local', '--tool', 'flame'],
    ['--reduce', 'tree', '--mode', 'hogwild'],
    ['--reduce', 'fused', '--mode', 'local'],
    ['--bound', '2', '--mode', 'server'],
  ]) {
    const { code, stderr } = await profile('small', ...flags);
    expect([code, stderr]).toEqual([2, expect.stringContaining(flags[0] ?? '')]);
  }
  writeFileSync(join(folder, 'mine'), '');
  const { code, stderr } = await profile('small', '--out', folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining('OUT_EXISTS')]);
});
