import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { dense, embedding, flatten, sequential } from '../nn/layers/index.ts';
import { sgd } from '../optim/sgd.ts';
import { defineRun } from './defineRun.ts';
import type { NormsEvent, TrainingEvent } from './events.ts';
import { type FitOptions, fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';
import type { RunState } from './runState.ts';
import { smallRunOptions } from './testing/smallRun.ts';
import type { Variables } from './variables.ts';

/** The norms that a run tells of, and its weights hash. */
async function measure(
  options: RunOptions,
  fitOptions: FitOptions = {},
): Promise<{ readonly norms: readonly NormsEvent[]; readonly weightsHash: string }> {
  const norms: NormsEvent[] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === 'norms') norms.push(event);
  };
  const { weightsHash } = await fit(defineRun({ norms: true, ...options }), { ...fitOptions, onEvent });
  return { norms, weightsHash };
}

const rate = 0.5;

/** Three words in a row, and a line through them: 33 steps an epoch, the last of one row. */
const words: RunOptions = {
  data: fromArrays({
    word: { values: Int32Array.from({ length: 65 * 3 }, (_, at) => (at * at) % 11), shape: [3] },
    y: Array.from({ length: 65 }, (_, at) => [at / 65]),
  }),
  model: sequential(embedding({ vocabulary: 11, features: 4 }), flatten(), dense(1)),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: rate }),
  batchSize: 2,
  epochs: 1,
};

/** A dense network with dropout and two lanes, five steps an epoch. */
const { earlyStopping: _, ...small } = smallRunOptions;

describe('norms', () => {
  it.each([
    ['of the gradients that plain descent follows', 1000],
    ['of gradients before they are clipped', 0.01],
  ])('are %s', async (_name, clipNorm) => {
    const states: Variables[] = [];
    const callbacks = [
      {
        onStep: async (_step: unknown, variables: () => Promise<Variables>) => {
          states.push(await variables());
          return undefined;
        },
      },
    ];
    const { norms } = await measure({ ...words, clipNorm, callbacks });
    expect(norms).toHaveLength(1);
    const [{ step, gradient, weight, parameters } = norms[0]!] = norms;
    expect(step).toBe(32);
    const [before, after] = states.slice(step - 2);
    const clipping = Math.min(1, clipNorm / gradient);
    const paths = ['layers.0.weight', 'layers.2.bias', 'layers.2.weight'];
    expect(Object.keys(parameters)).toEqual(paths);
    for (const path of paths) {
      const values = before!.get(path)!.values;
      const changes = values.map((value, at) => value - after!.get(path)!.values[at]!);
      const { gradient: ofPath, weight: weights } = parameters[path]!;
      expect(ofPath / (Math.hypot(...changes) / rate / clipping)).toBeCloseTo(1, 3);
      expect(weights / Math.hypot(...values)).toBeCloseTo(1, 6);
    }
    const all = Object.values(parameters);
    expect(gradient).toBeCloseTo(Math.hypot(...all.map((each) => each.gradient)), 12);
    expect(weight).toBeCloseTo(Math.hypot(...all.map((each) => each.weight)), 12);
  });

  it.each([
    ['sparse gradients', words],
    ['clipping', { ...small, clipNorm: 0.3 }],
    ['mini-batches in parts', { ...small, microBatch: 3 }],
  ])('change no bit, and have the same bits whoever computes: %s', async (_name, options) => {
    const unmeasured = await measure({ ...options, norms: false });
    expect(unmeasured.norms).toEqual([]);
    const measured = await measure(options, { executor: 'interpreter' });
    expect(measured.weightsHash).toBe(unmeasured.weightsHash);
    for (const choice of [
      { executor: 'wasm', workers: 1 },
      { executor: 'wasm', workers: 3 },
      { executor: 'simulate', workers: 2 },
    ] as const)
      expect(await measure(options, choice)).toEqual(measured);
  });

  it('are those of the same mini-batch, computed in parts or not', async () => {
    const whole = await measure(small);
    expect(await measure({ ...small, microBatch: 3 })).toEqual(whole);
  });

  it('are measured in the first epoch, and then at most in one of 32 steps', async () => {
    const { norms } = await measure({ ...small, epochs: 15 });
    expect(norms.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [7, 34],
      [14, 69],
    ]);
  });

  it('are told once by a run that goes on in the middle of an epoch', async () => {
    const states: RunState[] = [];
    const options = { ...small, checkpoint: { everySteps: 1 } };
    const { norms } = await measure(options, { onSave: (state) => void states.push(state) });
    const [before, after] = [states[2]!, states[3]!];
    expect(before.loop.stepsMade).toBe(3);
    expect((await measure(options, { resume: before })).norms).toEqual(norms);
    expect((await measure(options, { resume: after })).norms).toEqual([]);
  });
});
