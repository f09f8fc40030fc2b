import { spawnSync } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import {
  type CallbackAnswer,
  defineRun,
  dense,
  type EpochEvent,
  fit,
  fromArrays,
  type Metric,
  RunLostError,
  type RunOptions,
  type RunState,
  sequential,
  sgd,
  type TrainingEvent,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { startTraining, train } from './train.ts';

const small = defineRun({ ...smallRunOptions, norms: true });

/** Of an event, what does not depend on time. */
function timeless(event: TrainingEvent): unknown {
  const {
    samplesPerSecond: _rate,
    wallSeconds: _wall,
    workers: _workers,
    ...rest
  } = { ...event } as Record<string, unknown>;
  return rest;
}

/** Events but those whose number depends on time. */
const lasting = (events: readonly TrainingEvent[]): unknown[] =>
  events.filter(({ type }) => type !== 'step').map(timeless);

/** Learns a line for about this many steps of a few microseconds each. */
const line = (epochs: number, more: Partial<RunOptions> = {}) =>
  defineRun({
    data: fromArrays({
      x: Array.from({ length: 640 }, (_, at) => [at / 640]),
      y: Array.from({ length: 640 }, (_, at) => [at / 320]),
    }),
    model: sequential(dense(32, { activation: 'tanh' }), dense(1)),
    loss: 'meanSquaredError',
    batchSize: 32,
    optimizer: sgd({ learningRate: 0.05 }),
    epochs,
    ...more,
  });

describe('train', { timeout: 60_000 }, () => {
  it('gives the events and the result of fit', async () => {
    const wanted: TrainingEvent[] = [];
    const got: TrainingEvent[] = [];
    const alone = await fit(small, { onEvent: (event) => wanted.push(event) });
    const together = await train(small, { workers: 2, onEvent: (event) => got.push(event) });
    expect(lasting(got)).toEqual(lasting(wanted));
    expect(together.weightsHash).toBe(alone.weightsHash);
    expect(together.variables).toEqual(alone.variables);
    expect(together.history.map(timeless)).toEqual(alone.history.map(timeless));
    const { validation } = small;
    if (validation === undefined) throw new Error('the run has validation rows');
    expect(await together.evaluate(validation)).toEqual(await alone.evaluate(validation));
  });

  it('answers callbacks on the calling thread, with the weights as they are', async () => {
    const seen: [number, number][] = [];
    const withCallback = (onEpoch: (epoch: EpochEvent, first: number) => CallbackAnswer) =>
      line(6, {
        callbacks: [
          {
            every: 2,
            onEpoch: async (epoch, variables) => {
              const [kernel] = (await variables()).values();
              return onEpoch(epoch, kernel?.values[0] ?? 0);
            },
          },
        ],
      });
    const wanted: [number, number][] = [];
    await fit(
      withCallback(({ epoch }, first) => {
        wanted.push([epoch, first]);
        return undefined;
      }),
    );
    const { reason, epochs } = await train(
      withCallback(({ epoch }, first) => {
        seen.push([epoch, first]);
        return epoch === 4 ? 'stop' : undefined;
      }),
      { workers: 2 },
    );
    expect(wanted.map(([epoch]) => epoch)).toEqual([2, 4, 6]);
    expect(seen).toEqual(wanted.slice(0, 2));
    expect({ reason, epochs }).toEqual({ reason: 'callback', epochs: 4 });
  });

  it('asks the caller for metrics that are no means, and throws what they throw as it was', async () => {
    const run = defineRun({ ...smallRunOptions, metrics: ['accuracy', 'f1', 'confusionMatrix'] });
    const alone = await fit(run);
    const { metrics, tables, valMetrics, valTables } = await train(run, { workers: 2 });
    expect(tables?.['confusionMatrix']?.length).toBe(3);
    expect({ metrics, tables, valMetrics, valTables }).toEqual({
      metrics: alone.metrics,
      tables: alone.tables,
      valMetrics: alone.valMetrics,
      valTables: alone.valTables,
    });
    const mine = new RangeError('mine');
    const broken: Metric = {
      contributions: (output) => [output],
      finish: () => {
        throw mine;
      },
    };
    const failing = defineRun({ ...smallRunOptions, earlyStopping: {}, metrics: { broken } });
    await expect(train(failing, { workers: 2 })).rejects.toBe(mine);
  });

  it('meets callbacks between steps, and is steered as in one thread', async () => {
    const options: RunOptions = {
      ...smallRunOptions,
      parameterGroups: [{ match: '**.bias', optimizer: 'rmsprop', learningRateFactor: 0.5 }],
      weightAverage: { decay: 0.9 },
      reduceOnPlateau: { factor: 0.5, patience: 1 },
    };
    const seen: number[] = [];
    const run = defineRun({
      ...options,
      callbacks: [
        {
          everySteps: 7,
          onStep: ({ step }) => {
            seen.push(step);
            return { save: step === 14, ...(step === 14 ? { setLearningRate: 0.01 } : {}) };
          },
        },
      ],
    });
    const saved: RunState[] = [];
    const onSave = (state: RunState): void => void saved.push(state);
    const alone = await fit(run, { onSave });
    const together = await train(run, { workers: 2, onSave });
    expect(seen).toEqual([...seen.slice(0, seen.length / 2), ...seen.slice(0, seen.length / 2)]);
    expect(together.variables).toEqual(alone.variables);
    expect(together.history.map(timeless)).toEqual(alone.history.map(timeless));
    const [first, second] = saved;
    if (!first || !second) throw new Error('nothing was saved');
    expect(second.loop.step).toBe(4);
    expect(second.variables).toEqual(first.variables);
    const resumed = await train(run, { workers: 3, resume: second });
    expect(resumed.variables).toEqual(alone.variables);
    expect(resumed.history.map(timeless)).toEqual(alone.history.map(timeless));
  });

  it('throws what a callback or a listener throws, itself', async () => {
    const mine = new Error('mine');
    const run = line(3, { callbacks: [{ onEpoch: () => Promise.reject(mine) }] });
    await expect(train(run, { workers: 1 })).rejects.toBe(mine);
    const saving = line(3, { callbacks: [{ onStep: () => ({ save: true }) }] });
    await expect(train(saving, { workers: 1, onSave: () => Promise.reject(mine) })).rejects.toBe(mine);
    const listener = ({ type }: TrainingEvent): void => {
      if (type === 'epoch') throw mine;
    };
    await expect(train(line(3), { workers: 1, onEvent: listener })).rejects.toBe(mine);
  });

  it('says at which step and where a run diverged', async () => {
    const run = line(3, { optimizer: sgd({ learningRate: 1e30 }) });
    const alone = await fit(run).catch((error: unknown) => error);
    expect(alone).toMatchObject({ code: 'DIVERGED' });
    await expect(train(run, { workers: 2 })).rejects.toEqual(alone);
  });

  it('fails with the code of a lost worker, and warns before', async () => {
    const warnings: string[] = [];
    const failed = train(small, {
      workers: 2,
      chaos: [1, 2].map((step) => ({ kind: 'exit', rank: 1, step, phase: 0 })),
      maxLosses: 1,
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.message);
      },
    });
    await expect(failed).rejects.toMatchObject({ code: 'WORKER_LOST', exitCode: 5 });
    expect(warnings).toHaveLength(1);
  });

  // Of the run's steps: 0 sets the initial values, 1 to 5 are the first epoch, 6 validates, 7 to 11 are the second.
  it.each([
    { where: 'while it trains', steps: [3, 9], left: 5, loop: { epoch: 1, step: 0 } },
    { where: 'while it validates', steps: [1, 12], left: 10, loop: { epoch: 1, step: 5 } },
  ])('is lost $where with a state that goes on bit for bit', async ({ steps, left, loop }) => {
    const error: unknown = await train(small, {
      workers: 3,
      chaos: steps.map((step) => ({ kind: 'exit', rank: 1, step, phase: 0 })),
      maxLosses: 1,
    }).catch((thrown: unknown) => thrown);
    if (!(error instanceof RunLostError)) throw new Error('the run was to be lost', { cause: error });
    expect(error).toMatchObject({ code: 'WORKER_LOST', step: left, state: { loop } });
    expect(error.message).toContain('worker exited with code: 9');
    const resumed = await train(small, { workers: 2, resume: error.state });
    const undisturbed = await fit(small);
    expect(resumed.weightsHash).toBe(undisturbed.weightsHash);
    expect(resumed.variables).toEqual(undisturbed.variables);
    expect(resumed.history.map(timeless)).toEqual(undisturbed.history.map(timeless));
  });

  it('ends after the step under way when asked to', async () => {
    const stop = new AbortController();
    const { reason, steps } = await train(line(100_000), {
      workers: 2,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'epoch') stop.abort();
      },
    });
    expect(reason).toBe('aborted');
    expect(steps).toBeGreaterThanOrEqual(20);
    expect((await train(line(3), { workers: 1, signal: AbortSignal.abort() })).steps).toBe(0);
  });

  it('pauses, saves and goes on, and a saved state ends with the same bits', async () => {
    const events: TrainingEvent[] = [];
    const run = line(600);
    const started = Promise.withResolvers<void>();
    const training = startTraining(run, {
      workers: 2,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'epoch') started.resolve();
      },
    });
    await started.promise;
    await training.pause();
    const state = await training.save();
    const paused = events.length;
    // A message to the coordinator and back, twice: events of steps made meanwhile would have come before the answer.
    expect((await training.save())?.loop).toEqual(state?.loop);
    await training.save();
    expect(events.slice(paused).filter(({ type }) => type === 'epoch').length).toBeLessThanOrEqual(1);
    await training.resume();
    const { weightsHash } = await training.result;
    expect(await training.save()).toBeUndefined();
    if (state === undefined) throw new Error('the run was under way');
    expect(state.loop.epoch).toBeLessThan(600);
    expect((await train(run, { workers: 1, resume: state })).weightsHash).toBe(weightsHash);
    expect((await fit(run)).weightsHash).toBe(weightsHash);
  });

  it('leaves the event loop of the calling thread free', async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const started = Promise.withResolvers<void>();
    const result = train(line(600), {
      workers: 2,
      onEvent: ({ type }) => {
        if (type === 'start') started.resolve();
      },
    });
    await started.promise;
    const begun = performance.now();
    delay.enable();
    await result;
    delay.disable();
    const milliseconds = performance.now() - begun;
    // A thread that trains is away for as long as an epoch, or a slice of 100 ms, most of the time.
    expect(delay.percentile(50) / 1e6).toBeLessThan(50);
    expect(delay.max / 1e6).toBeLessThan(milliseconds / 2);
  });

  it.each(['ended', 'lost', 'stopped', 'threw', 'engine'])('leaves a process to end by itself: %s', (way) => {
    const script = fileURLToPath(new URL('./testing/oneRun.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, way], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${way}\n`, stderr: '' });
  });
});
