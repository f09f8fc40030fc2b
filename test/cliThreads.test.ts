import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fit } from '@lockstep/core';
import { readCheckpoint } from '@lockstep/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import small from './fixtures/runFiles/small.ts';
import { lockstep, parseLines } from './lockstepProcess.ts';

const runFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/runFiles/${name}.ts`, import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Threads of a process with this environment may be terminated by anybody: one that is while it loads koffi takes the whole
 * process along (N-API throws where there is nobody left to catch).
 */
const withoutKoffi = { LOCKSTEP_MACHINE_CODE: '0' } as const;

describe('lockstep train on threads', () => {
  it('has the events and bits of fit, and keeps a timeline and numbers for TensorBoard', async () => {
    const [out, timeline] = [join(folder, 'run'), join(folder, 'timeline.json')];
    const flags = ['--workers', '3', '--reduce', 'tree', '--json', '--out', out, '--timeline', timeline];
    const { code, stdout, stderr } = await commandInProcess([
      'train',
      runFile('small'),
      ...flags,
      '--histograms',
      '2',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const events = parseLines(stdout).filter(({ type }) => type !== 'step');
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'norms',
      ...new Array(4).fill('epoch'),
      'checkpoint',
      'done',
    ]);
    expect(events[0]).toMatchObject({ workers: 3, mode: 'sync', lanes: 4 });
    const { weightsHash, loss, valMetrics } = await fit(small);
    expect(events.at(-1)).toMatchObject({ weightsHash, loss, valMetrics });
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
      workers: 3,
      reduce: 'tree',
    });

    const [eventFile = '', ...otherFiles] = readdirSync(join(out, 'tensorboard'));
    expect(otherFiles).toEqual([]);
    const shown = readFileSync(join(out, 'tensorboard', eventFile), 'latin1');
    const timesOf = (tag: string): number => shown.split(tag).length - 1;
    expect(timesOf('gradientNorm/all')).toBe(1);
    // 4 epochs, and the column of a table.
    expect(timesOf('loss/train')).toBe(5);
    expect(timesOf('weights/layers.0.weight')).toBe(2);

    const { traceEvents } = JSON.parse(readFileSync(timeline, 'utf8'));
    const spans: { tid: number; name: string; ts: number; dur: number; args: { step: number } }[] =
      traceEvents.filter(({ ph }: { ph: string }) => ph === 'X');
    for (const rank of [0, 1, 2]) {
      const own = spans.filter(({ tid }) => tid === rank);
      expect(new Set(own.map(({ name }) => name.replace(/ phase.*/, '')))).toEqual(
        new Set(['compute', 'update', 'wait']),
      );
      // One after another.
      for (const [position, { ts }] of own.slice(1).entries()) {
        const before = own[position];
        // Rounding of microseconds since 1970.
        expect(ts).toBeGreaterThanOrEqual((before?.ts ?? 0) + (before?.dur ?? 0) - 1);
      }
      // 16 training steps, 4 of evaluation, and the initial values.
      expect(new Set(own.map(({ args }) => args.step)).size).toBe(21);
    }
  });

  it('warns of workers that have nothing to do', async () => {
    const { code, stdout } = await commandInProcess([
      ...['train', runFile('line'), '--workers', '2', '--out', join(folder, 'idle')],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warning: 2 workers share work/m);
  });

  it('refuses a timeline that cannot be written, before it trains', async () => {
    const nowhere = join(folder, 'nowhere', 'timeline.json');
    const { code, stdout, stderr } = await commandInProcess([
      'train',
      runFile('endless'),
      '--timeline',
      nowhere,
    ]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('NOT_WRITABLE');
  });

  it('ends with 5 when workers are lost again and again, with the newest state that is whole saved', async () => {
    const preload = new URL('fixtures/losingRanks.ts', import.meta.url).href;
    const sign = join(folder, 'first epoch');
    const { code, stdout, stderr } = await lockstep(
      [
        ...['train', runFile('endless'), '--workers', '2', '--max-losses', '0', '--json'],
        ...['--out', join(folder, 'lost again')],
      ],
      {
        environment: { ...withoutKoffi, NODE_OPTIONS: `--import ${preload}`, LOSING_RANKS: sign },
        onOutput: (_, all) => {
          if (all.includes('"epoch"')) writeFileSync(sign, '');
        },
      },
    );
    expect([code, stderr]).toEqual([5, expect.stringMatching(/WORKER_LOST.*after step [1-9]\d* is whole/s)]);
    const { type, step, path } = parseLines(stdout).at(-1) ?? {};
    expect([type, stderr]).toEqual(['checkpoint', expect.stringContaining(`after step ${String(step)} is`)]);
    expect((await readCheckpoint(String(path))).state.loop.stepsMade).toBe(step);
  });

  it('ends with 5 when the thread that drives it is lost', async () => {
    const args = ['train', runFile('losingItsThread'), '--out', join(folder, 'lost')];
    const { code, stderr } = await lockstep(args, { environment: withoutKoffi });
    expect([code, stderr]).toEqual([5, expect.stringContaining('WORKER_LOST')]);
  });
});

describe('lockstep bench', () => {
  it('measures numbers of workers in turns, and draws them', async () => {
    const plot = join(folder, 'scaling.svg');
    const flags = ['--workers', '1,2', '--seconds', '0.1', '--rounds', '2', '--json', '--plot', plot];
    // Validation, early stopping and the end of the run play no part.
    const { code, stdout, stderr } = await commandInProcess(['bench', runFile('small'), ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = parseLines(stdout);
    expect(lines.map(({ type }) => type)).toEqual(['setup', 'round', 'round', 'round', 'scaling']);
    expect(lines[0]).toMatchObject({ name: 'small', mode: 'sync', batchSize: 8, rounds: 2, seconds: 0.1 });
    const rows = lines.at(-1)?.['rows'];
    expect(rows).toMatchObject([
      { workers: 1, speedUp: { median: 1 }, efficiency: 1 },
      { workers: 2, samplesPerSecond: { median: expect.any(Number) }, waitPerStep: expect.any(Number) },
    ]);
    expect(readFileSync(plot, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('measures another mode, with its options', async () => {
    const mode = ['--mode', 'server', '--queue', '2', '--staleness-aware'];
    const flags = ['--workers', '2', '--seconds', '0.1', '--rounds', '1', '--json'];
    const { code, stdout, stderr } = await commandInProcess(['bench', runFile('small'), ...mode, ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = parseLines(stdout);
    expect(lines[0]).toMatchObject({ type: 'setup', mode: 'server' });
    // Workers alone: the server, which would be a third one, is none.
    const rank = { compute: expect.any(Number), steps: expect.any(Number) };
    expect(lines[2]?.['measurements']).toMatchObject([{ workers: 2, ranks: [rank, rank] }]);
    expect(lines.at(-1)?.['rows']).toMatchObject([{ workers: 2, waitPerStep: expect.any(Number) }]);
    // What only training in that mode refuses.
    const parts = await commandInProcess([
      'bench',
      runFile('small'),
      ...mode,
      ...flags,
      '--set',
      'microBatch=4',
    ]);
    expect([parts.code, parts.stderr]).toEqual([2, expect.stringContaining('microBatch')]);
  });

  it.each([[['--reduce', 'tree', '--mode', 'hogwild']], [['--bound', '3']]])(
    'refuses what a mode has no use for: %j',
    async (flags) => {
      const { code, stderr } = await commandInProcess(['bench', runFile('small'), ...flags]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(flags[0] ?? '')]);
    },
  );

  it('prints a table', async () => {
    const flags = ['--workers', '1', '--seconds', '0.05', '--rounds', '1'];
    const { code, stdout } = await commandInProcess(['bench', runFile('line'), ...flags]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/workers +samples\/s .*\n +1 +[\d,]+ /);
  });
});
