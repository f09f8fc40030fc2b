import { expect, test } from 'vitest';
import { LockstepError } from '../errors.ts';
import { input, stepValue, variable } from '../graph/leaves.ts';
import { zeros } from '../nn/initializers/constant.ts';
import { runOnce } from '../runtime/testing/runOnce.ts';
import { type Optimizer, optimizers, schedules } from './index.ts';

const { adam, adamw, sgd } = optimizers;

const start = [0.5, -1.25, 2, 0];
const gradients = [
  [0.1, -0.2, 0.3, 0],
  [0.4, 0.1, -0.3, 1e-4],
  [-0.5, 0.25, 0, -2e-4],
  [0.05, 0.15, 0.2, 0],
];

/** Parameters after every step, by running the update rule's graph in float64. */
function trajectory(optimizer: Optimizer): number[][] {
  const values = optimizer.stepValues(gradients.length);
  const slots = Object.fromEntries(
    Object.entries(optimizer.slots).map(([slot, initializer]) => [
      slot,
      variable(slot, initializer([4], slot)),
    ]),
  );
  const next = optimizer.update({
    parameter: variable('w', zeros([4], 'w')),
    gradient: input('gradient', { shape: [4] }),
    slots,
    values: Object.fromEntries(Object.keys(values).map((name) => [name, stepValue(name)])),
    path: 'w',
  });
  let state: Record<string, readonly number[]> = { w: start };
  return gradients.map((gradient, step) => {
    const scalars = Object.entries(values).map(([name, value]) => [name, [value(step)]]);
    const result = runOnce(
      { w: next.parameter, ...next.slots },
      { ...state, gradient, ...Object.fromEntries(scalars) },
      { precision: 'float64' },
    );
    state = result;
    return [...result.w];
  });
}

function expectClose(got: readonly number[][], wanted: readonly number[][]): void {
  for (const [step, row] of wanted.entries())
    for (const [at, value] of row.entries())
      expect(Math.abs((got[step]?.[at] ?? Number.NaN) - value)).toBeLessThan(1e-14);
}

/** The published rules, one number at a time. */
function reference(rule: (w: number, g: number, t: number, state: number[]) => number): number[][] {
  const states = start.map((): number[] => []);
  let w = start;
  return gradients.map((row, step) => {
    w = w.map((value, at) => rule(value, row[at] ?? 0, step + 1, states[at] ?? []));
    return w;
  });
}

test('plain SGD', () => {
  expectClose(
    trajectory(sgd({ learningRate: 0.1 })),
    reference((w, g) => w - 0.1 * g),
  );
});

test('SGD with momentum and weight decay', () => {
  expectClose(
    trajectory(sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 })),
    reference((w, g, _t, state) => {
      const decayed = g + 0.01 * w;
      const velocity = state[0] === undefined ? decayed : 0.9 * state[0] + decayed;
      state[0] = velocity;
      return w - 0.1 * velocity;
    }),
  );
});

test('SGD with Nesterov momentum', () => {
  expectClose(
    trajectory(sgd({ learningRate: 0.1, momentum: 0.8, nesterov: true })),
    reference((w, g, _t, state) => {
      const velocity = state[0] === undefined ? g : 0.8 * state[0] + g;
      state[0] = velocity;
      return w - 0.1 * (g + 0.8 * velocity);
    }),
  );
});

const publishedAdam =
  (options: { lr: number; epsilon: number; l2: number; decay: number }) =>
  (w: number, gradient: number, t: number, state: number[]): number => {
    const g = gradient + options.l2 * w;
    const m = 0.9 * (state[0] ?? 0) + (1 - 0.9) * g;
    const v = 0.999 * (state[1] ?? 0) + (1 - 0.999) * g * g;
    state[0] = m;
    state[1] = v;
    const corrected = Math.sqrt(v / (1 - 0.999 ** t)) + options.epsilon;
    return w * (1 - options.lr * options.decay) - (options.lr * (m / (1 - 0.9 ** t))) / corrected;
  };

test('Adam, with an epsilon that shows its place in the formula', () => {
  expectClose(
    trajectory(adam({ learningRate: 0.1, epsilon: 1e-3 })),
    reference(publishedAdam({ lr: 0.1, epsilon: 1e-3, l2: 0, decay: 0 })),
  );
});

test('Adam with weight decay in the gradient', () => {
  expectClose(
    trajectory(adam({ learningRate: 0.1, weightDecay: 0.1 })),
    reference(publishedAdam({ lr: 0.1, epsilon: 1e-8, l2: 0.1, decay: 0 })),
  );
});

test('AdamW decays the weights themselves', () => {
  expectClose(
    trajectory(adamw({ learningRate: 0.1, weightDecay: 0.1 })),
    reference(publishedAdam({ lr: 0.1, epsilon: 1e-8, l2: 0, decay: 0.1 })),
  );
});

test('a schedule decides the learning rate of every step, and can be replaced', () => {
  const optimizer = sgd({ learningRate: schedules.cosine({ learningRate: 0.2 }) });
  const half = optimizer.stepValues(10)['learningRate'];
  const other = optimizer.stepValues(10, schedules.constant(0.7))['learningRate'];
  expect(half?.(5)).toBeCloseTo(0.1, 16);
  expect(other?.(5)).toBe(0.7);
  expect(optimizer.hyperparameters).not.toHaveProperty('learningRate');
  expect(sgd({ learningRate: 0.3 }).hyperparameters).toHaveProperty('learningRate', 0.3);
});

const misspelt: object = { betas: [0.9, 0.999] };

test.each([
  [() => sgd({ momentum: 1 }), 'BAD_OPTION', 'sgd.momentum'],
  [() => sgd({ nesterov: true }), 'BAD_OPTION', 'sgd.momentum'],
  [() => sgd({ learningRate: -1 }), 'BAD_OPTION', 'sgd.learningRate'],
  [() => adam({ beta1: 1 }), 'BAD_OPTION', 'adam.beta1'],
  [() => adam({ epsilon: Number.NaN }), 'BAD_OPTION', 'adam.epsilon'],
  [() => adamw({ weightDecay: -0.1 }), 'BAD_OPTION', 'adamw.weightDecay'],
  [() => adam(misspelt), 'UNKNOWN_OPTION', 'adam'],
])('bad options are refused (%#)', (make, code, field) => {
  expect(make).toThrow(LockstepError);
  expect(make).toThrow(expect.objectContaining({ code, where: { field } }));
});
