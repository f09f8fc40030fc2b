import type { Task } from '../../packages/core/src/train/task.ts';
import { largestDistance, largestWeightDistance } from './distance.ts';
import type { Fixture } from './fixture.ts';
import { longestPathOfRoundings } from './roundings.ts';
import { runTrajectory, type Trajectory, trainPrograms } from './trajectory.ts';

/** Relative error of one float32 operation. */
const unitRoundoff = 2 ** -24;

/** Absolute change of every initial weight by which growth is measured, and how often, each time with other signs. */
const nudge = 1e-9;
const trials = 3;

/** How far a float32 run may be from the exact one, absolutely. */
export interface Float32Bound {
  readonly losses: number;
  readonly weights: number;
}

/** Signs +1 and -1 by a linear congruential generator (Numerical Recipes), so that a trial can be repeated. */
function signs(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >= 2 ** 31 ? 1 : -1;
  };
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/**
 * Bounds for a fixture's run in float32, from counts and from the exact run alone.
 *
 * Let n be the roundings on the longest path through one step, counted on its program, and S the steps. Each
 * rounding multiplies a value by 1 + d with |d| <= u = 2^-24. Taken as independent with mean 0, N = n S of them in a row
 * leave a relative error of the order sqrt(N) u, not N u (Higham and Mary, "A new approach to probabilistic rounding
 * error analysis", 2019). Relative to the largest weight W that is an error of sqrt(N) u W in the weights, as if
 * each had been nudged by so much; what training makes of a nudge is measured in float64: G is the largest change of
 * a final weight per nudge of the initial ones (Adam divides by the size of the gradient, so that a small gradient's error
 * becomes a large one of the step), at least 1. The loss gets its share of the same nudge, with growth H, and an
 * error of its own relative to the largest loss L:
 *
 *     weights: sqrt(N) u W G        losses: sqrt(N) u (W H + L)
 *
 * The longest path, the largest weight and the largest growth are all taken at once: runs were found 12 to 170 times below.
 */
export function float32Bound(task: Task, fixture: Fixture, exact: Trajectory): Float32Bound {
  let weightGrowth = 1;
  let lossGrowth = 0;
  for (let trial = 1; trial <= trials; trial++) {
    const sign = signs(trial);
    const nudged = runTrajectory(task, fixture, {
      precision: 'float64',
      start: (value) => value + nudge * sign(),
    });
    weightGrowth = Math.max(weightGrowth, largestWeightDistance(nudged.weights, exact.weights) / nudge);
    lossGrowth = Math.max(lossGrowth, largestDistance(nudged.losses, exact.losses) / nudge);
  }
  const weight = Math.max(
    ...fixture.initialWeights.map(({ values }) => largest(values)),
    ...[...exact.weights.values()].map(largest),
  );
  const roundings = Math.max(...trainPrograms(task, fixture).map(longestPathOfRoundings));
  const relative = Math.sqrt(roundings * fixture.steps) * unitRoundoff;
  return {
    weights: relative * weight * weightGrowth,
    losses: relative * (weight * lossGrowth + largest(exact.losses)),
  };
}
