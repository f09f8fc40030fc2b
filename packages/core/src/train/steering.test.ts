import { describe, expect, it } from 'vitest';
import { adam } from '../optim/adam.ts';
import { schedules } from '../optim/index.ts';
import { sgd } from '../optim/sgd.ts';
import type { Callback } from './callback.ts';
import { defineRun } from './defineRun.ts';
import type { TrainingEvent } from './events.ts';
import { type FitResult, fit } from './fit.ts';
import { RunControl } from './runControl.ts';
import type { RunOptions } from './runOptions.ts';
import type { RunState } from './runState.ts';
import { smallRunOptions } from './testing/smallRun.ts';
import { optimizerHash } from './weightsHash.ts';

/** Five steps an epoch. */
const options: RunOptions = { ...smallRunOptions, epochs: 5, earlyStopping: { patience: 100 } };

/** All bits of a result, and nothing that depends on the time it took. */
function bits({ weightsHash, reason, steps, history, variables }: FitResult) {
  const epochs = history.map(({ samplesPerSecond: _, ...epoch }) => epoch);
  return { weightsHash, optimizer: optimizerHash(variables.values()), reason, steps, epochs };
}

/** Calls back after every so many steps, and remembers at which. */
function stepping(everySteps: number, answer: Callback['onStep']): { callback: Callback; seen: number[] } {
  const seen: number[] = [];
  const callback: Callback = {
    everySteps,
    onStep: (event, variables) => {
      seen.push(event.step);
      return answer?.(event, variables);
    },
  };
  return { callback, seen };
}

describe('callbacks between steps', () => {
  it('are called after every so many steps of the run, and change no bit by themselves', async () => {
    const { callback, seen } = stepping(3, () => undefined);
    const plain = await fit(defineRun(options));
    const called = await fit(defineRun({ ...options, callbacks: [callback] }));
    expect(seen).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    expect(bits(called)).toEqual(bits(plain));
  });

  it('see the loss of the step, and the weights that it has left', async () => {
    const losses: number[] = [];
    const weights: (number | undefined)[] = [];
    const looking: Callback = {
      onStep: async ({ loss }, variables) => {
        losses.push(loss);
        weights.push((await variables()).get('layers.0.weight')?.values[0]);
        return undefined;
      },
    };
    await fit(defineRun({ ...options, callbacks: [looking], maxSteps: 6 }));
    const { variables, loss } = await fit(defineRun({ ...options, maxSteps: 4 }));
    expect([losses.length, weights.length]).toEqual([6, 6]);
    expect(weights[3]).toBe(variables.get('layers.0.weight')?.values[0]);
    // The mini-batches have the same number of rows.
    const [a = 0, b = 0, c = 0, d = 0] = losses;
    expect(loss).toBe((5 * a + 5 * b + 5 * c + 5 * d) / 20);
  });

  it('can end a run inside an epoch, and two of them meet at their own times', async () => {
    const often = stepping(2, () => undefined);
    const seldom = stepping(7, () => 'stop');
    const run = defineRun({ ...options, callbacks: [often.callback, seldom.callback] });
    const result = await fit(run);
    expect(result).toMatchObject({ reason: 'callback', steps: 7, epochs: 1 });
    expect([often.seen, seldom.seen]).toEqual([[2, 4, 6], [7]]);
    expect(result.weightsHash).toBe((await fit(defineRun({ ...options, maxSteps: 7 }))).weightsHash);
  });

  it('set the learning rate from the next step on', async () => {
    const { callback } = stepping(5, ({ step }) => (step === 10 ? { setLearningRate: 0.25 } : undefined));
    const inEpoch = stepping(1, ({ step }) => (step === 12 ? { setLearningRate: 0.25 } : undefined));
    const base: RunOptions = { ...options, optimizer: sgd(), learningRate: 0.05 };
    const scheduled = (from: number) =>
      defineRun({ ...base, learningRate: (step) => (step < from ? 0.05 : 0.25) });
    const atEnd = await fit(defineRun({ ...base, callbacks: [callback] }));
    expect(atEnd.weightsHash).toBe((await fit(scheduled(10))).weightsHash);
    expect(atEnd.history.map(({ learningRate }) => learningRate)).toEqual([0.05, 0.05, 0.25, 0.25, 0.25]);
    const inside = await fit(defineRun({ ...base, callbacks: [inEpoch.callback] }));
    expect(inside.weightsHash).toBe((await fit(scheduled(12))).weightsHash);
  });

  it('have the run saved; it goes on from there bit for bit', async () => {
    const saved: RunState[] = [];
    const { callback } = stepping(8, ({ step }) => ({ save: step === 16, setLearningRate: 1 / step }));
    const run = defineRun({ ...options, callbacks: [callback] });
    const onSave = (state: RunState): void => void saved.push(structuredClone(state));
    const whole = await fit(run, { onSave });
    expect(saved.map(({ loop }) => loop)).toMatchObject([{ epoch: 3, step: 1 }]);
    const [resume] = saved;
    if (!resume) throw new Error('nothing was saved');
    expect(bits(await fit(run, { resume }))).toEqual(bits(whole));
  });

  it('are told where saving leads nowhere', async () => {
    const warnings: TrainingEvent[] = [];
    await fit(defineRun({ ...options, maxSteps: 1, callbacks: [{ onStep: () => ({ save: true }) }] }), {
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event);
      },
    });
    expect(warnings).toMatchObject([{ message: expect.stringContaining('onSave') }]);
  });
});

describe('a state that is taken while a callback is asked', () => {
  it.each([
    ['inside an epoch', { everySteps: 3 }],
    ['after the last step of an epoch', { everySteps: 5 }],
    ['after the last step of all', { everySteps: 25 }],
  ])('has it asked again: %s', async (_, { everySteps }) => {
    const control = new RunControl();
    const states: (RunState | undefined)[] = [];
    const answers = (look: boolean): Callback => ({
      everySteps,
      onStep: async ({ step }) => {
        if (look) states.push(await control.capture());
        return { setLearningRate: 0.5 / step };
      },
    });
    const whole = await fit(defineRun({ ...options, callbacks: [answers(true)] }), { control });
    expect(states.length).toBe(Math.floor(25 / everySteps));
    for (const resume of states) {
      if (!resume) throw new Error('no state was captured');
      const run = defineRun({ ...options, callbacks: [answers(false)] });
      expect(bits(await fit(run, { resume: structuredClone(resume) }))).toEqual(bits(whole));
    }
  });

  it('is resumed where all steps of an epoch are made and nobody is to be told', async () => {
    const control = new RunControl();
    let state: RunState | undefined;
    const looking: Callback = {
      everySteps: 10,
      onStep: async ({ step }) => {
        if (step === 10) state = await control.capture();
        return undefined;
      },
    };
    const run = defineRun(options);
    const whole = await fit(run);
    await fit(defineRun({ ...options, callbacks: [looking] }), { control });
    if (!state) throw new Error('no state was captured');
    const { due, ...loop } = state.loop;
    expect([due?.type, loop.step]).toEqual(['step', 5]);
    expect(bits(await fit(run, { resume: { ...state, loop } }))).toEqual(bits(whole));
  });

  it('between two epochs', async () => {
    const control = new RunControl();
    let state: RunState | undefined;
    const onEpoch: Callback['onEpoch'] = async ({ epoch }) => {
      if (epoch === 2 && state === undefined) state = await control.capture();
      return epoch === 2 ? 'stop' : undefined;
    };
    const run = defineRun({ ...options, callbacks: [{ onEpoch }] });
    const whole = await fit(run, { control });
    expect(whole).toMatchObject({ reason: 'callback', epochs: 2 });
    if (!state) throw new Error('no state was captured');
    expect(bits(await fit(run, { resume: state }))).toEqual(bits(whole));
  });
});

describe('a plateau', () => {
  const plateau: RunOptions = {
    ...options,
    epochs: 9,
    optimizer: adam(),
    learningRate: schedules.byEpoch(schedules.step({ learningRate: 0.4, factor: 0.5, every: 4 })),
    reduceOnPlateau: { monitor: 'valLoss', factor: 0.5, patience: 1, minimum: 0.03 },
    parameterGroups: [{ match: '**.bias', learningRate: 0.01 }],
  };

  it('lowers every learning rate, and a resumed run has the same bits', async () => {
    const run = defineRun(plateau);
    const whole = await fit(run);
    const rates = whole.history.map(({ learningRate }) => learningRate);
    expect(rates[0]).toBe(0.4);
    expect(Math.min(...rates)).toBeLessThan(0.2 * 0.5 + 1e-12);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.03);
    for (const steps of [11, 23, 38]) {
      const saved: RunState[] = [];
      const saving: Callback = { everySteps: steps, onStep: () => ({ save: true, stop: true }) };
      const onSave = (state: RunState): void => void saved.push(state);
      await fit(defineRun({ ...plateau, callbacks: [saving] }), { onSave });
      const [resume] = saved;
      if (!resume) throw new Error('nothing was saved');
      expect(bits(await fit(run, { resume, executor: 'simulate', workers: 2 }))).toEqual(bits(whole));
    }
  });

  it('is left when a callback sets the rate', async () => {
    const setting: Callback = {
      onEpoch: ({ epoch }) => (epoch === 8 ? { setLearningRate: 0.3 } : undefined),
    };
    const { history } = await fit(defineRun({ ...plateau, callbacks: [setting] }));
    expect(history.at(-1)?.learningRate).toBe(0.3);
  });
});

describe('convergence', () => {
  it('ends a run, and one that is resumed before at the same epoch', async () => {
    const converging: RunOptions = {
      ...options,
      epochs: 60,
      learningRate: schedules.exponential({ learningRate: 0.1, factor: 0.8 }),
      model: smallRunOptions.model,
      convergence: { monitor: 'valLoss', tolerance: 1e-3, patience: 2 },
    };
    const whole = await fit(defineRun(converging));
    expect(whole.reason).toBe('converged');
    const saved: RunState[] = [];
    const saving: Callback = { everySteps: 12, onStep: () => ({ save: true, stop: true }) };
    await fit(defineRun({ ...converging, callbacks: [saving] }), {
      onSave: (state) => void saved.push(state),
    });
    const [resume] = saved;
    if (!resume) throw new Error('nothing was saved');
    expect(bits(await fit(defineRun(converging), { resume }))).toEqual(bits(whole));
  });
});

it.each([
  [{ callbacks: [{ every: 0 }] }, 'run.callbacks.0.every'],
  [{ callbacks: [{ onEpochs: () => undefined }] }, 'run.callbacks.0'],
  [{ convergence: { patience: 0 } }, 'run.convergence.patience'],
  [{ reduceOnPlateau: { factor: 1 } }, 'run.reduceOnPlateau.factor'],
  [{ earlyStopping: { mode: 'least' } }, 'run.earlyStopping.mode'],
])('%j is refused', (changes: object, field) => {
  expect(() => defineRun({ ...options, ...changes })).toThrow(expect.objectContaining({ where: { field } }));
});
