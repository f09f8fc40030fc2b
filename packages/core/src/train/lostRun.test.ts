import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../runtime/executor.ts';
import type { CallbackAnswer } from './callback.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { EngineFactory } from './engine.ts';
import type { EpochEvent } from './events.ts';
import { executors } from './executors.ts';
import { type FitResult, fit } from './fit.ts';
import { RunControl } from './runControl.ts';
import { RunLostError } from './runLostError.ts';
import { soloEngine } from './soloEngine.ts';
import { StepsLostError } from './stepsLostError.ts';
import { smallRunOptions } from './testing/smallRun.ts';
import { optimizerHash } from './weightsHash.ts';

/**
 * An engine that is lost when it is to make step `lost` of its life, counted from 0, with all kinds of programs; or just after
 * the last step of a row.
 */
function losing(lost: number, atEnd = false): EngineFactory {
  return (sources, workers) => {
    const engine = soloEngine<FloatArray>(executors.wasm(sources, workers), workers);
    let before = 0;
    return {
      ...engine,
      runSteps: async (steps, options) => {
        const made = lost - before;
        before += steps.length;
        if (made > steps.length || (made === steps.length && !atEnd))
          return await engine.runSteps(steps, options);
        await engine.runSteps(steps.slice(0, made), options);
        throw new StepsLostError('the workers were lost', { got: 'none' }, made);
      },
    };
  };
}

function bits({ weightsHash, reason, steps, loss, valLoss, valMetrics, history, variables }: FitResult) {
  const epochs = history.map(({ samplesPerSecond: _, ...epoch }: EpochEvent) => epoch);
  return {
    weightsHash,
    optimizer: optimizerHash(variables.values()),
    reason,
    steps,
    loss,
    valLoss,
    valMetrics,
    epochs,
  };
}

async function lostAt(
  run: Run,
  step: number,
  control = new RunControl(),
  atEnd = false,
): Promise<RunLostError> {
  const error: unknown = await fit(run, { control, engine: losing(step, atEnd) }).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof RunLostError) return error;
  throw new Error('the run was to be lost with a state', { cause: error });
}

describe('a run that loses its workers for good', () => {
  const small = defineRun(smallRunOptions);
  // Of the engine's steps: 0 sets the initial values, 1 to 5 are the first epoch, 6 validates.
  it.each([
    { at: 1, step: 0, loop: { epoch: 0, step: 0 } },
    { at: 4, step: 3, loop: { epoch: 0, step: 3 } },
    { at: 5, step: 4, loop: { epoch: 0, step: 4 } },
    { at: 6, step: 5, loop: { epoch: 0, step: 5 } },
    { at: 7, step: 5, loop: { epoch: 1, step: 0 } },
    { at: 12, step: 10, loop: { epoch: 1, step: 5 } },
  ])('fails with a state that goes on bit for bit: at $at', async ({ at, step, loop }) => {
    const error = await lostAt(small, at);
    expect(error).toMatchObject({ code: 'WORKER_LOST', exitCode: 5, step, state: { loop } });
    expect(error.message).toContain(`the run after step ${step} `);
    const resumed = await fit(small, {
      resume: structuredClone(error.state),
      executor: 'simulate',
      workers: 2,
    });
    expect(bits(resumed)).toEqual(bits(await fit(small)));
  });

  it('goes on from whole steps when it was lost inside one that is computed in parts', async () => {
    const { earlyStopping: _, ...options } = smallRunOptions;
    const run = defineRun({ ...options, batchSize: 8, lanes: 4, microBatch: 2 });
    // 23 rows: four parts and a whole, twice, and the short rest.
    for (const [at, step] of [
      [1, 0],
      [5, 0],
      [6, 1],
      [8, 1],
    ] as const) {
      const error = await lostAt(run, at);
      expect(error.step).toBe(step);
      expect(bits(await fit(run, { resume: error.state }))).toEqual(bits(await fit(run)));
    }
  });

  it('is finished, and no more, when it was lost after its last step', async () => {
    const run = defineRun({ ...smallRunOptions, maxSteps: 10 });
    const { state } = await lostAt(run, 12);
    expect(state.loop).toMatchObject({ epoch: 1, step: 5 });
    expect(bits(await fit(run, { resume: state }))).toEqual(bits(await fit(run)));
  });

  it('tells callbacks after the step at which it was lost, once', async () => {
    const told = new Map<number, number>();
    const onStep = ({ step }: { readonly step: number }): CallbackAnswer => {
      told.set(step, (told.get(step) ?? 0) + 1);
      return step === 3 ? { setLearningRate: 0.01 } : undefined;
    };
    const run = defineRun({ ...smallRunOptions, callbacks: [{ onStep, everySteps: 3 }] });
    const undisturbed = bits(await fit(run));
    const expected = new Map(told);
    told.clear();
    const { state, step } = await lostAt(run, 4, new RunControl(), true);
    expect(step).toBe(3);
    expect(told.size).toBe(0);
    expect(bits(await fit(run, { resume: state }))).toEqual(undisturbed);
    expect(told).toEqual(expected);
  });

  it('answers a save that is still asked for', async () => {
    const control = new RunControl();
    const error = lostAt(small, 4, control);
    const saved = control.capture();
    const later = error.then(() => control.capture());
    expect((await saved)?.loop).toMatchObject({ epoch: 0 });
    expect(await later).toBeUndefined();
  });

  it('has no state before its variables have their initial values', async () => {
    const failed = fit(small, { engine: losing(0) });
    await expect(failed).rejects.toMatchObject({ code: 'WORKER_LOST' });
    await expect(failed).rejects.not.toBeInstanceOf(RunLostError);
  });
});
