import { describe, expect, test } from 'vitest';
import { optimizers } from '../packages/core/src/optim/index.ts';
import { largestDistance, largestWeightDistance } from './pytorch/distance.ts';
import { type Fixture, readFixtures, type Tensor } from './pytorch/fixture.ts';
import { float32Bound } from './pytorch/float32Bound.ts';
import { toTask } from './pytorch/toTask.ts';
import { runTrajectory } from './pytorch/trajectory.ts';

const fixtures = readFixtures();

const byName = (tensors: readonly Tensor[]): ReadonlyMap<string, readonly number[]> =>
  new Map(tensors.map(({ name, values }) => [name, values]));

test('there are fixtures', () => {
  expect(fixtures.length).toBeGreaterThanOrEqual(8);
});

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
  '%s',
  (_name, fixture: Fixture) => {
    const task = toTask(fixture);

    test('float64: every loss and final weight is within 1e-9 of PyTorch', () => {
      const { losses, weights, averages } = runTrajectory(task, fixture, { precision: 'float64' });
      expect(largestDistance(losses, fixture.losses)).toBeLessThan(1e-9);
      expect(largestWeightDistance(weights, byName(fixture.finalWeights))).toBeLessThan(1e-9);
      if (fixture.finalAverages)
        expect(largestWeightDistance(averages, byName(fixture.finalAverages))).toBeLessThan(1e-9);
    });

    test('float64: every gradient of the first step is within 1e-12 of PyTorch', () => {
      // SGD with a learning rate of 1 subtracts the gradient from the weights.
      const { model, losses, metrics, l2 = 0 } = task;
      const optimizer = optimizers.sgd({ learningRate: 1 });
      const { finalAverages: _none, ...given } = fixture;
      const { weights } = runTrajectory({ model, losses, metrics, l2, optimizer }, given, {
        precision: 'float64',
        steps: 1,
      });
      const gradients = fixture.initialWeights.map(({ name, values }) => {
        const after = weights.get(name) ?? [];
        return [name, values.map((value, at) => value - (after[at] ?? Number.NaN))] as const;
      });
      expect(largestWeightDistance(new Map(gradients), byName(fixture.firstGradients))).toBeLessThan(1e-12);
    });

    test('float32: losses and final weights are as far from PyTorch as rounding explains', () => {
      const exact = { losses: fixture.losses, weights: byName(fixture.finalWeights), averages: new Map() };
      const bound = float32Bound(task, fixture, exact);
      const { losses, weights } = runTrajectory(task, fixture, { precision: 'float32' });
      expect(largestDistance(losses, exact.losses)).toBeLessThan(bound.losses);
      expect(largestWeightDistance(weights, exact.weights)).toBeLessThan(bound.weights);
    });
  },
);
