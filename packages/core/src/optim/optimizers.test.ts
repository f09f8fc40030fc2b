import { expect, test } from 'vitest';
import { LockstepError } from '../errors.ts';
import { optimizers, schedules } from './index.ts';
import { gradients, start, trajectory } from './testing/trajectory.ts';

const { adadelta, adagrad, adam, adamax, adamw, nadam, rmsprop, sgd } = optimizers;

function expectClose(got: readonly number[][], wanted: readonly number[][]): void {
  for (const [step, row] of wanted.entries())
    for (const [at, value] of row.entries())
      expect(Math.abs((got[step]?.[at] ?? Number.NaN) - value)).toBeLessThan(1e-14);
}

/** The published rules, one number at a time. */
function reference(rule: (w: number, g: number, t: number, state: number[]) => number): number[][] {
  const states = start.map((): number[] => []);
  let w = [...start];
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

test('RMSprop is not thrown off by a variance that rounding makes negative', () => {
  // The same gradient again and again: v - m^2 goes to 0 from either side.
  const same = Array.from({ length: 60 }, () => [0.1, 0.3, 0.7, 1e-3]);
  const optimizer = rmsprop({ learningRate: 0.001, rho: 0.5, centered: true, epsilon: 1e-4 });
  for (const row of trajectory(optimizer, start, same))
    expect(row.every((value) => Number.isFinite(value))).toBe(true);
});

test('values of NAdam are the same in whichever order they are asked for', () => {
  const names = ['gradientStep', 'momentumStep', 'epsilon'] as const;
  const forwards = nadam().stepValues(9);
  const inOrder = [0, 1, 2, 3, 4].map((step) => names.map((name) => forwards[name](step)));
  const backwards = nadam().stepValues(9);
  expect([4, 0, 3, 1, 2].map((step) => names.map((name) => backwards[name](step)))).toEqual(
    [4, 0, 3, 1, 2].map((step) => inOrder[step]),
  );
});

test.each(Object.entries(optimizers))('%s with another weight decay is otherwise the same', (name, make) => {
  const made = make({ learningRate: 0.25 });
  const other = made.decaying?.(0.125);
  expect(other?.hyperparameters).toEqual({ ...made.hyperparameters, weightDecay: 0.125 });
  expect(other?.name).toBe(name);
  expect(Object.keys(other?.slots ?? {})).toEqual(Object.keys(made.slots));
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
  [() => adagrad({ learningRateDecay: -1 }), 'BAD_OPTION', 'adagrad.learningRateDecay'],
  [() => adadelta({ epsilon: 0 }), 'BAD_OPTION', 'adadelta.epsilon'],
  [() => rmsprop({ rho: 1 }), 'BAD_OPTION', 'rmsprop.rho'],
  [() => adamax({ beta2: 1 }), 'BAD_OPTION', 'adamax.beta2'],
  [() => nadam({ momentumDecay: -1 }), 'BAD_OPTION', 'nadam.momentumDecay'],
])('bad options are refused (%#)', (make, code, field) => {
  expect(make).toThrow(LockstepError);
  expect(make).toThrow(expect.objectContaining({ code, where: { field } }));
});
