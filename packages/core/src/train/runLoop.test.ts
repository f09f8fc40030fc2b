import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../runtime/executor.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { Engine, EngineFactory } from './engine.ts';
import type { EpochEvent, TrainingEvent } from './events.ts';
import { executors } from './executors.ts';
import { type FitResult, fit } from './fit.ts';
import { tabulateOptimizer } from './optimizerValues.ts';
import { prepareRun } from './prepareRun.ts';
import { unsteered } from './rateSteering.ts';
import { RunControl } from './runControl.ts';
import { runLoop } from './runLoop.ts';
import type { RunState } from './runState.ts';
import { soloEngine } from './soloEngine.ts';
import { smallRunOptions } from './testing/smallRun.ts';
import { readVariables } from './variables.ts';
import { optimizerHash } from './weightsHash.ts';

const run = defineRun(smallRunOptions);
const solo: EngineFactory = (sources, workers) =>
  soloEngine<FloatArray>(executors.wasm(sources, workers), workers);

/** An engine that calls `at` before training step `step` of its life, and looks at its signal after that. */
function interrupted(step: number, at: (engine: Engine<FloatArray>) => void): EngineFactory {
  return async (sources, workers) => {
    const engine: Engine<FloatArray> = await solo(sources, workers);
    let made = 0;
    let isOver = false;
    return {
      ...engine,
      runSteps: async (steps, options) => {
        if (isOver || steps[0]?.program.startsWith('train') !== true)
          return await engine.runSteps(steps, options);
        const before = step - made;
        const first = await engine.runSteps(steps.slice(0, before), options);
        made += first.made;
        if (first.outcome !== 'done' || before >= steps.length) return first;
        isOver = true;
        at(engine);
        if (options?.signal?.aborted === true) return { made: first.made, outcome: 'stopped' };
        const second = await engine.runSteps(steps.slice(before), options);
        made += second.made;
        return { made: first.made + second.made, outcome: second.outcome };
      },
    };
  };
}

/** All bits of a result, and nothing that depends on the time it took. */
function bits({ weightsHash, reason, steps, loss, valLoss, valMetrics, history, variables }: FitResult) {
  const epochs = history.map(({ samplesPerSecond: _, ...epoch }: EpochEvent) => epoch);
  const optimizer = optimizerHash(variables.values());
  return { weightsHash, optimizer, reason, steps, loss, valLoss, valMetrics, epochs };
}

/** Stops a run after some steps, and answers with its state there. */
async function stateAfter(steps: number): Promise<RunState> {
  const control = new RunControl();
  let captured: Promise<RunState | undefined> = Promise.resolve(undefined);
  const { reason } = await fit(run, {
    control,
    engine: interrupted(steps, () => {
      captured = control.capture();
      control.stop();
    }),
  });
  expect(reason).toBe('aborted');
  const state = await captured;
  if (!state) throw new Error('no state was captured');
  return state;
}

describe('a resumed run', () => {
  it.each([0, 1, 3, 4, 5, 7, 12])('goes on bit for bit after %i steps', async (steps) => {
    const whole = bits(await fit(run));
    expect(whole.reason).toBe('early-stopping');
    const state = await stateAfter(steps);
    expect(state.loop.epoch * 5 + state.loop.step).toBe(steps);
    // As it would cross a thread, and to an engine of another kind.
    const resume = structuredClone(state);
    expect(bits(await fit(run, { resume, executor: 'simulate', workers: 3 }))).toEqual(whole);
  });

  it('says so if it was trained in another mode so far', async () => {
    const state = await stateAfter(3);
    const warningsOf = async (resume: RunState): Promise<unknown> => {
      const told: TrainingEvent[] = [];
      await fit(run, { resume, onEvent: (event) => void told.push(event) });
      return told.filter(({ type }) => type === 'warning');
    };
    expect(await warningsOf(state)).toEqual([]);
    const { mode: _, ...unknown } = state;
    expect(await warningsOf(unknown)).toEqual([]);
    const message =
      'the run was trained in mode {"name":"stale","bound":2} so far and goes on in {"name":"sync"}: its bits are those of neither';
    expect(await warningsOf({ ...state, mode: { name: 'stale', bound: 2 } })).toEqual([
      { type: 'warning', message },
    ]);
  });

  it('goes on from the state of a resumed run', async () => {
    const control = new RunControl();
    let captured: Promise<RunState | undefined> = Promise.resolve(undefined);
    const engine = interrupted(4, () => {
      captured = control.capture();
    });
    const resumed = await fit(run, { resume: await stateAfter(3), control, engine });
    const state = await captured;
    expect(state?.loop).toMatchObject({ epoch: 1, step: 2 });
    expect(bits(await fit(run, state ? { resume: state } : {}))).toEqual(bits(resumed));
    expect(bits(resumed)).toEqual(bits(await fit(run)));
  });

  it('has no speed where it makes no steps', async () => {
    const states: RunState[] = [];
    const saved: Run = { ...run, checkpoint: { everySteps: 5 }, maxSteps: 5 };
    await fit(saved, { onSave: (state) => void states.push(state) });
    const [resume] = states;
    if (!resume) throw new Error('no state was saved');
    expect(resume.loop).toMatchObject({ epoch: 0, step: 5 });
    const { reason, history, samplesPerSecond } = await fit(saved, { resume });
    expect([reason, history.length]).toEqual(['max-steps', 1]);
    expect([history[0]?.samplesPerSecond, samplesPerSecond]).toEqual([0, 0]);
  });

  it('refuses the state of another run', async () => {
    const resume = await stateAfter(3);
    const code = { code: 'BAD_OPTION', message: expect.stringContaining('resume') };
    await expect(fit(defineRun({ ...smallRunOptions, batchSize: 20 }), { resume })).rejects.toMatchObject(
      code,
    );
    await expect(fit(defineRun({ ...smallRunOptions, optimizer: 'sgd' }), { resume })).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringContaining('resume'),
    });
  });
});

describe('a plan', () => {
  it('is plain data that a loop elsewhere gives the same bits of', async () => {
    const prepared = prepareRun(run);
    const plan = structuredClone(prepared.plan);
    expect(plan).toEqual(prepared.plan);
    const engine = await solo(prepared.sources, 1);
    prepared.writeData(engine.access);
    const outcome = await runLoop(plan, engine, {
      emit: () => {},
      tabulate: () => expect.unreachable('the plan has the values of all epochs'),
      finishMetrics: () => expect.unreachable('accuracy is a mean'),
    });
    const whole = await fit(run);
    expect(outcome).toMatchObject({ kind: 'ended', done: { weightsHash: whole.weightsHash } });
    expect(readVariables(engine.access, plan.variables)).toEqual(whole.variables);
  });

  it('of a run that is too long to tabulate asks for more values on the way', async () => {
    const asked: number[] = [];
    const prepared = prepareRun(defineRun({ ...smallRunOptions, epochs: 1_000_000_000 }));
    const { plan } = prepared;
    expect(plan.optimizerValues.epochs).toBe(13_107);
    const engine = await solo(prepared.sources, 1);
    prepared.writeData(engine.access);
    const control = new RunControl();
    const ends: (number | undefined)[] = [];
    // The same plan with the values of one epoch at a time: other stretches, the same bits.
    const cut = (epoch: number) => {
      const { firstEpoch, values, learningRates } = tabulateOptimizer(prepared.run, 5, epoch, unsteered);
      const one = Object.entries(values).map(([name, table]) => [name, table.slice(0, 5)] as const);
      return {
        firstEpoch,
        epochs: 1,
        steering: unsteered,
        values: Object.fromEntries(one),
        learningRates: learningRates.slice(0, 5),
      };
    };
    const train = async (first: typeof plan.optimizerValues) =>
      await runLoop({ ...plan, optimizerValues: first }, engine, {
        emit: (event: TrainingEvent) => {
          if (event.type === 'epoch') ends.push(event.valLoss);
        },
        tabulate: (epoch) => {
          asked.push(epoch);
          return cut(epoch);
        },
        finishMetrics: () => expect.unreachable('accuracy is a mean'),
        control,
      });
    await train(cut(0));
    expect(asked).toEqual(ends.slice(0, -1).map((_, at) => at + 1));
    const inParts = ends.splice(0);
    await train(plan.optimizerValues);
    expect(ends).toEqual(inParts);
  });
});

describe('a loop that is interrupted', () => {
  it('goes on after a pause as if there had been none', async () => {
    const control = new RunControl();
    let paused: RunState | undefined;
    const engine = interrupted(7, () => {
      control.pause();
      setTimeout(() => {
        void control.capture().then((state) => {
          paused = state;
          control.resume();
        });
      }, 0);
    });
    expect(bits(await fit(run, { control, engine }))).toEqual(bits(await fit(run)));
    expect(paused?.loop).toMatchObject({ epoch: 1, step: 2 });
    expect(await control.capture()).toBeUndefined();
  });

  it('can be stopped while it is paused', async () => {
    const control = new RunControl();
    const engine = interrupted(2, () => {
      control.pause();
      setTimeout(() => control.stop(), 0);
    });
    expect(await fit(run, { control, engine })).toMatchObject({ reason: 'aborted', steps: 2, epochs: 0 });
  });

  it('gives its state to a callback that waits for it', async () => {
    const control = new RunControl();
    const seen: (number | undefined)[] = [];
    const onEpoch = async (): Promise<undefined> => {
      seen.push((await control.capture())?.loop.epoch);
    };
    await fit(defineRun({ ...smallRunOptions, epochs: 2, callbacks: [{ onEpoch }] }), { control });
    expect(seen).toEqual([1, 2]);
  });

  it('reports the mean loss of the steps of an epoch that was cut short', async () => {
    const control = new RunControl();
    const losses: number[] = [];
    const result = await fit(run, {
      control,
      engine: interrupted(3, ({ access }) => {
        for (const entry of [0, 1, 2])
          losses.push(access.readResult('train', 'loss', entry)[0] ?? Number.NaN);
        control.stop();
      }),
    });
    const [first = 0, second = 0, third = 0] = losses;
    expect(result).toMatchObject({ reason: 'aborted', steps: 3, history: [] });
    expect(result.loss).toBe((5 * first + 5 * second + 5 * third) / 15);
  });
});

it('closes an engine whatever the end, and gives it all kinds of passes', async () => {
  const programs = new Set<string>();
  let open = 0;
  const counting: EngineFactory = async (sources, workers) => {
    const engine = await solo(sources, workers);
    open += 1;
    return {
      ...engine,
      runSteps: async (steps, options) => {
        for (const { program } of steps) programs.add(program);
        return await engine.runSteps(steps, options);
      },
      close: () => {
        open -= 1;
        return Promise.resolve();
      },
    };
  };
  const { train } = run;
  const { evaluate, predict } = await fit(run, { engine: counting });
  await evaluate(train);
  await predict(train);
  const failing = { onEpoch: () => Promise.reject(new Error('mine')) };
  await expect(
    fit(defineRun({ ...smallRunOptions, callbacks: [failing] }), { engine: counting }),
  ).rejects.toThrow('mine');
  expect([...programs].sort()).toEqual(['evaluate', 'initial', 'predict', 'train', 'train.rest'].sort());
  expect(open).toBe(0);
});
