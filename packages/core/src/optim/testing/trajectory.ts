import { input, stepValue, variable } from '../../graph/leaves.ts';
import { zeros } from '../../nn/initializers/constant.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import type { Optimizer } from '../index.ts';

/** A parameter of four elements before the first step. */
export const start: readonly number[] = [0.5, -1.25, 2, 0];

/** Its gradient at every step. */
export const gradients: readonly (readonly number[])[] = [
  [0.1, -0.2, 0.3, 0],
  [0.4, 0.1, -0.3, 1e-4],
  [-0.5, 0.25, 0, -2e-4],
  [0.05, 0.15, 0.2, 0],
];

/** The parameter after every step, by running an update rule's graph in float64. */
export function trajectory(
  optimizer: Optimizer,
  from: readonly number[] = start,
  steps: readonly (readonly number[])[] = gradients,
): number[][] {
  const shape = [from.length];
  const values = optimizer.stepValues(steps.length);
  const slots = Object.fromEntries(
    Object.entries(optimizer.slots).map(([slot, initializer]) => [
      slot,
      variable(slot, initializer(shape, slot)),
    ]),
  );
  const next = optimizer.update({
    parameter: variable('w', zeros(shape, 'w')),
    gradient: input('gradient', { shape }),
    slots,
    values: Object.fromEntries(Object.keys(values).map((name) => [name, stepValue(name)])),
    path: 'w',
  });
  const initial = Object.entries(optimizer.slots).map(([slot, initializer]) => [
    slot,
    initializer(shape, slot),
  ]);
  const started = runOnce(Object.fromEntries(initial), {}, { precision: 'float64' });
  let state: Record<string, readonly number[]> = { ...started, w: from };
  return steps.map((gradient, step) => {
    const scalars = Object.entries(values).map(([name, value]) => [name, [value(step)]]);
    state = runOnce(
      { w: next.parameter, ...next.slots },
      { ...state, gradient, ...Object.fromEntries(scalars) },
      { precision: 'float64' },
    );
    return [...(state['w'] ?? [])];
  });
}
