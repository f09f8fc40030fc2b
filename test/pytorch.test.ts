import { describe, expect, test } from 'vitest';
import { optimizers } from '../packages/core/src/optim/index.ts';
import { type Fixture, readFixtures, type Tensor } from './pytorch/fixture.ts';
import { toTask } from './pytorch/toTask.ts';
import { runTrajectory } from './pytorch/trajectory.ts';

const fixtures = readFixtures();

/** Largest absolute difference. */
function distance(got: readonly number[], wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, at) => Math.abs((got[at] ?? Number.NaN) - value)));
}

function weightDistance(weights: ReadonlyMap<string, readonly number[]>, wanted: readonly Tensor[]): number {
  expect([...weights.keys()]).toEqual(wanted.map(({ name }) => name));
  return Math.max(...wanted.map(({ name, values }) => distance(weights.get(name) ?? [], values)));
}

test('there are fixtures', () => {
  expect(fixtures.length).toBeGreaterThanOrEqual(8);
});

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
  '%s',
  (_name, fixture: Fixture) => {
    test('float64: every loss and final weight is within 1e-9 of PyTorch', () => {
      const { losses, weights } = runTrajectory(toTask(fixture), fixture, { precision: 'float64' });
      expect(distance(losses, fixture.losses)).toBeLessThan(1e-9);
      expect(weightDistance(weights, fixture.finalWeights)).toBeLessThan(1e-9);
    });

    test('float64: every gradient of the first step is within 1e-12 of PyTorch', () => {
      // SGD with a learning rate of 1 subtracts the gradient from the weights.
      const { clipping: _unclipped, ...task } = toTask(fixture);
      const optimizer = optimizers.sgd({ learningRate: 1 });
      const { weights } = runTrajectory({ ...task, optimizer }, fixture, { precision: 'float64', steps: 1 });
      const gradients = fixture.initialWeights.map(({ name, values }) => {
        const after = weights.get(name) ?? [];
        return [name, values.map((value, at) => value - (after[at] ?? Number.NaN))] as const;
      });
      expect(weightDistance(new Map(gradients), fixture.firstGradients)).toBeLessThan(1e-12);
    });
  },
);
