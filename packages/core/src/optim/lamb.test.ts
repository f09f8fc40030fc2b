import { expect, test } from 'vitest';
import { LockstepError } from '../errors.ts';
import { lamb } from './lamb.ts';
import { gradients, start, trajectory } from './testing/trajectory.ts';

const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));

/** Algorithm 2 of the paper with phi the identity, on plain arrays. */
function published(
  from: readonly number[],
  steps: readonly (readonly number[])[],
  { eta, epsilon, lambda }: { readonly eta: number; readonly epsilon: number; readonly lambda: number },
): number[][] {
  const [beta1, beta2] = [0.9, 0.999];
  let m = from.map(() => 0);
  let v = from.map(() => 0);
  let x = [...from];
  return steps.map((g, step) => {
    m = m.map((value, at) => beta1 * value + (1 - beta1) * (g[at] ?? 0));
    v = v.map((value, at) => beta2 * value + (1 - beta2) * (g[at] ?? 0) ** 2);
    const mHat = m.map((value) => value / (1 - beta1 ** (step + 1)));
    const vHat = v.map((value) => value / (1 - beta2 ** (step + 1)));
    const u = mHat.map((value, at) => value / (Math.sqrt(vHat[at] ?? 0) + epsilon) + lambda * (x[at] ?? 0));
    const ratio = norm(x) > 0 && norm(u) > 0 ? norm(x) / norm(u) : 1;
    x = x.map((value, at) => value - eta * ratio * (u[at] ?? 0));
    return x;
  });
}

function expectClose(got: readonly number[][], wanted: readonly number[][]): void {
  for (const [step, row] of wanted.entries())
    for (const [at, value] of row.entries())
      expect(Math.abs((got[step]?.[at] ?? Number.NaN) - value)).toBeLessThan(1e-14);
}

test.each([
  { eta: 0.1, epsilon: 1e-6, lambda: 0 },
  { eta: 0.01, epsilon: 1e-2, lambda: 0.3 },
])('LAMB follows the published rule with %o', ({ eta, epsilon, lambda }) => {
  expectClose(
    trajectory(lamb({ learningRate: eta, epsilon, weightDecay: lambda })),
    published(start, gradients, { eta, epsilon, lambda }),
  );
});

test('a parameter of zeros takes a step of its own size, and one without a gradient none', () => {
  const options = { eta: 0.1, epsilon: 1e-6, lambda: 0 };
  const optimizer = lamb({ learningRate: 0.1, weightDecay: 0 });
  expectClose(trajectory(optimizer, [0, 0], [[1, -2]]), published([0, 0], [[1, -2]], options));
  expect(trajectory(optimizer, [0, 0], [[1, -2]])[0]?.[0]).toBeCloseTo(-0.1, 6);
  expect(trajectory(optimizer, [3, 4], [[0, 0]])).toEqual([[3, 4]]);
});

test('the step does not depend on the scale of the gradient', () => {
  const scaled = gradients.map((row) => row.map((g) => 1000 * g));
  const optimizer = lamb({ learningRate: 0.1, epsilon: 0, weightDecay: 0 });
  // Elements whose gradient is always 0 would divide 0 by 0.
  const first3 = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.slice(0, 3));
  expectClose(
    trajectory(optimizer, start.slice(0, 3), first3(scaled)),
    trajectory(optimizer, start.slice(0, 3), first3(gradients)),
  );
});

test('bad options are refused', () => {
  expect(() => lamb({ beta1: 1 })).toThrow(LockstepError);
  expect(() => lamb({ weightDecay: -1 })).toThrow('lamb.weightDecay');
});
