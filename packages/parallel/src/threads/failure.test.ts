import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { LockstepError } from '@lockstep/core';
import {
  type Engine,
  type EngineFactory,
  type FloatArray,
  type PlannedStep,
  type ProgramSource,
  StepsLostError,
} from '@lockstep/core/engine';
import { describe, expect, it, vi } from 'vitest';
import { constant, input, stepValue, variable } from '../../../core/src/graph/leaves.ts';
import { add, mul, sum } from '../../../core/src/ops/index.ts';
import type { ChaosPoint } from './chaos.ts';
import { threadsEngine } from './threadsEngine.ts';
import type { ThreadsOptions } from './threadsOptions.ts';

const short = 512;
/** So long that a step takes tens of microseconds. */
const long = 16_384;

/** Multiplies and adds, so that a step left out, made twice or made half is seen in every later value. */
function sources(length: number): readonly ProgramSource[] {
  const w = variable('w', constant(new Float32Array(length), { shape: [length] }));
  const x = input('x', { shape: [8], batchAxis: 0 });
  const loss = sum(mul(x, stepValue('scale')));
  const graph = {
    name: 'walk',
    outputs: { loss },
    guard: 'loss',
    updates: [{ variable: w, value: add(mul(w, 0.999), loss) }],
  };
  return [
    { graph, batchSize: 8, lanes: 2, steps: 7 },
    { graph: { name: 'look', outputs: { sum: sum(w) }, updates: [] }, batchSize: 0, lanes: 1, steps: 1 },
  ];
}

function prepare({ access }: Engine<FloatArray>, length = short): void {
  access.writeVariable(
    'w',
    Float32Array.from({ length }, (_, at) => at / 8),
  );
  access.writeInput('x', [1, 2, 3, 4, 5, 6, 7, 8]);
  for (let entry = 0; entry < 7; entry += 1) access.writeStepValue('walk', 'scale', entry, [entry / 64]);
}

const walk = (steps: number): readonly PlannedStep[] =>
  Array.from({ length: steps }, (_, at) => ({ program: 'walk', entry: at % 7 }));
const look: PlannedStep = { program: 'look', entry: 0 };

/** What is left of three rows of steps. */
async function bits(make: EngineFactory, steps: number, length = short): Promise<readonly unknown[]> {
  const engine = await make(sources(length), 3);
  try {
    prepare(engine, length);
    const rows = [await engine.runSteps(walk(steps)), await engine.runSteps([look])];
    rows.push(await engine.runSteps(walk(3)));
    const { access } = engine;
    return [rows, access.readVariable('w'), access.readResult('look', 'sum', 0)];
  } finally {
    await engine.close();
  }
}

/** With threads, and what they warned of. */
async function withChaos(
  chaos: readonly ChaosPoint[],
  steps: number,
  options: ThreadsOptions = {},
  length = short,
): Promise<{ readonly got: readonly unknown[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const make = threadsEngine({ chaos, onWarning: (message) => warnings.push(message), ...options });
  return { got: await bits(make, steps, length), warnings };
}

describe('a rank that is lost', { timeout: 60_000 }, () => {
  const undisturbed = bits(threadsEngine(), 20);

  it.each<ChaosPoint>([
    { kind: 'throw', rank: 1, step: 5, phase: 0 },
    { kind: 'throw', rank: 0, step: 0, phase: 0 },
    { kind: 'exit', rank: 2, step: 19, phase: 0 },
    { kind: 'exit', rank: 1, step: 0, phase: 'copy' },
    { kind: 'exit', rank: 0, step: 0, phase: 'copy' },
    { kind: 'terminate', rank: 0, step: 7, phase: 0 },
    { kind: 'throw', rank: 2, step: 20, phase: 0 },
    { kind: 'exit', rank: 1, step: 22, phase: 0 },
  ])('is replaced, and the end is the same: $kind, rank $rank, step $step, phase $phase', async (point) => {
    const { got, warnings } = await withChaos([point], 20);
    expect(got).toEqual(await undisturbed);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`worker ${point.rank} was lost`);
  });

  it('is noticed when it hangs, and replaced', async () => {
    const point = { kind: 'hang', rank: 1, step: 6, phase: 0 } as const;
    const { got, warnings } = await withChaos([point], 20, { hangSeconds: 2 });
    expect(got).toEqual(await undisturbed);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('worker 1 was lost');
    expect(warnings[0]).toContain('it hung at step 6');
  });

  it('is replaced when it dies between two rows, and nobody else is lost', async () => {
    const threads: Worker[] = [];
    const collect = (thread: Worker): void => void threads.push(thread);
    process.on('worker', collect);
    const onWarning = vi.fn<(message: string) => void>();
    const engine = await threadsEngine({ hangSeconds: 5, onWarning })(sources(short), 3);
    try {
      prepare(engine);
      await engine.runSteps(walk(20));
      process.off('worker', collect);
      await threads[1]?.terminate();
      // The others hear of it, and acknowledge, before the next row is begun.
      await sleep(200);
      await engine.runSteps([look]);
      await engine.runSteps(walk(3));
      const [, variable, result] = await undisturbed;
      expect([engine.access.readVariable('w'), engine.access.readResult('look', 'sum', 0)]).toEqual([
        variable,
        result,
      ]);
      expect(onWarning).toHaveBeenCalledTimes(1);
    } finally {
      await engine.close();
    }
  });

  it('can be all of them', async () => {
    const chaos = [0, 1, 2].map((rank) => ({ kind: 'exit', rank, step: 4, phase: 0 }) as const);
    const { got, warnings } = await withChaos(chaos, 20);
    expect(got).toEqual(await undisturbed);
    expect(warnings).toHaveLength(3);
  });

  it('costs only the steps since the newest copy, and none is reported twice', async () => {
    const steps = 20_000;
    const lost = 15_001;
    const made: number[] = [];
    const warnings: string[] = [];
    const make = threadsEngine({
      workers: 2,
      copySeconds: 0,
      chaos: [
        { kind: 'exit', rank: 1, step: lost, phase: 0 },
        { kind: 'exit', rank: 0, step: lost + 2_000, phase: 0 },
      ],
      onWarning: (message) => warnings.push(message),
    });
    const watched: EngineFactory = async (programs, workers) => {
      const engine = await make(programs, workers);
      return {
        access: engine.access,
        workers: engine.workers,
        close: () => engine.close(),
        runSteps: (row) => engine.runSteps(row, { onProgress: (finished) => made.push(finished) }),
      };
    };
    expect(await bits(watched, steps, long)).toEqual(await bits(threadsEngine({ workers: 1 }), steps, long));
    const again = warnings.map((message) => Number(/(\d+) steps are made again/.exec(message)?.[1]));
    expect(again).toHaveLength(2);
    for (const count of again) expect(count).toBeLessThan(lost);
    expect(made).toEqual([...new Set(made)].sort((a, b) => a - b));
  });

  it('may leave a copy half made: the one before is whole', async () => {
    const chaos = [2000, 3000].map((step) => ({ kind: 'exit', rank: 1, step, phase: 'copy' }) as const);
    const { got, warnings } = await withChaos(chaos, 8000, { workers: 2, copySeconds: 0 }, long);
    expect(got).toEqual(await bits(threadsEngine({ workers: 1 }), 8000, long));
    expect(warnings).toHaveLength(2);
  });

  it('leaves the variables of the newest copy, in the middle of a row too, and says of which step', async () => {
    const chaos = [{ kind: 'exit', rank: 1, step: 15_001, phase: 0 } as const];
    const engine = await threadsEngine({ workers: 2, chaos, maxLosses: 0, copySeconds: 0 })(sources(long), 1);
    const alone = await threadsEngine({ workers: 1 })(sources(long), 1);
    try {
      for (const each of [engine, alone]) prepare(each, long);
      const error: unknown = await engine.runSteps(walk(20_000)).catch((thrown: unknown) => thrown);
      if (!(error instanceof StepsLostError)) throw new Error('the steps were to be lost', { cause: error });
      expect(error.made).toBeGreaterThan(0);
      expect(error.made).toBeLessThanOrEqual(15_001);
      await alone.runSteps(walk(error.made));
      expect(engine.access.readVariable('w')).toEqual(alone.access.readVariable('w'));
    } finally {
      await Promise.all([engine.close(), alone.close()]);
    }
  });

  it('ends the engine when there were too many, with the variables of the newest copy', async () => {
    const onWarning = vi.fn<(message: string) => void>();
    const chaos = [3, 5, 9].map((step) => ({ kind: 'throw', rank: 1, step, phase: 0 }) as const);
    const engine = await threadsEngine({ workers: 2, chaos, maxLosses: 2, onWarning })(sources(short), 1);
    try {
      prepare(engine);
      expect(await engine.runSteps(walk(4))).toEqual({ made: 4, outcome: 'done' });
      const copied = engine.access.readVariable('w');
      const failed = engine.runSteps(walk(20));
      await expect(failed).rejects.toThrow(LockstepError);
      await expect(failed).rejects.toMatchObject({ code: 'WORKER_LOST', exitCode: 5 });
      await expect(failed).rejects.toThrow('rank 1 fails at step 9');
      await expect(failed).rejects.toMatchObject({ made: 0 });
      expect(onWarning).toHaveBeenCalledTimes(2);
      expect(engine.access.readVariable('w')).toEqual(copied);
      await expect(engine.runSteps([look])).rejects.toMatchObject({ code: 'WORKER_LOST' });
    } finally {
      await engine.close();
    }
  });
});
