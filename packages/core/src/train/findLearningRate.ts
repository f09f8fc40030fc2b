import { LockstepError } from '../errors.ts';
import { realPower } from '../optim/float64/realPower.ts';
import { checkOptions, type OptionRule, positive, positiveInteger } from '../options.ts';
import { defineRun, type Run } from './defineRun.ts';
import { fit } from './fit.ts';
import type { ComputeOptions } from './openEngine.ts';

export interface LearningRateSearch extends ComputeOptions {
  /** Of the first step. Default 1e-7. */
  readonly from?: number;
  /** Of the last step. Default 10. */
  readonly to?: number;
  /** Default 100. */
  readonly steps?: number;
}

/** A step of a search. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Of its mini-batch, from before its update. */
  readonly loss: number;
  /** The losses up to here, the newest of which count most. */
  readonly smoothed: number;
}

export interface LearningRateFinding {
  /** Where the loss fell fastest; absent if it never fell. */
  readonly suggestion?: number;
  /** Where it was lowest: too high to train with. */
  readonly lowest?: number;
  /** Up to the end, or where the loss ran away. */
  readonly points: readonly LearningRatePoint[];
}

/** Share of a smoothed loss that comes from those before. */
const memory = 0.9;
/** Times the lowest smoothed loss at which a search ends. */
const runaway = 4;
/** Relative change of a smoothed loss that is no rounding. */
const leastFall = 1e-6;
/** Points at the start in which a smoothed loss says little. */
const settling = 5;

const anything: OptionRule = { wanted: 'anything', holds: () => true };

/** An exponential moving average with its bias towards 0 corrected, as in Adam. */
function smooth(losses: readonly number[]): number[] {
  let average = 0;
  let weight = 0;
  return losses.map((loss) => {
    average = memory * average + (1 - memory) * loss;
    weight = memory * weight + (1 - memory);
    return average / weight;
  });
}

/** The points from which a rate is suggested: those up to the lowest. */
function suggest(points: readonly LearningRatePoint[]): Omit<LearningRateFinding, 'points'> {
  const lowest = points.reduce<number>(
    (best, { smoothed }, at) => (smoothed < (points[best]?.smoothed ?? Number.POSITIVE_INFINITY) ? at : best),
    0,
  );
  let steepest: number | undefined;
  let fastest = leastFall * Math.abs(points[0]?.smoothed ?? 0);
  for (let at = Math.min(settling, lowest); at < lowest; at++) {
    // Rates grow by the same factor from step to step: differences are slopes.
    const fall = (points[at - 1]?.smoothed ?? Number.NaN) - (points[at + 1]?.smoothed ?? Number.NaN);
    if (fall > fastest) [fastest, steepest] = [fall, at];
  }
  const rateAt = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : points[at]?.learningRate;
  const [suggestion, low] = [rateAt(steepest), rateAt(lowest)];
  return {
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(suggestion === undefined || low === undefined ? {} : { lowest: low }),
  };
}

/**
 * Trains a copy of a run from its start with a learning rate that grows from step to step, and says where its loss falls
 * fastest (Smith 2017, "Cyclical learning rates for training neural networks", section 3.3). The run itself is not touched. Its early
 * stopping, plateaus, callbacks and validation are left out; groups of parameters with rates of their own keep them.
 *
 * The same run gives the same finding, whatever computes it.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export async function findLearningRate(
  run: Run,
  options: LearningRateSearch = {},
): Promise<LearningRateFinding> {
  checkOptions('findLearningRate', options, {
    from: positive,
    to: positive,
    steps: positiveInteger,
    executor: anything,
    workers: positiveInteger,
    engine: anything,
  });
  const { from = 1e-7, to = 10, steps = 100, ...compute } = options;
  if (to <= from)
    throw new LockstepError('BAD_OPTION', 'a learning rate has to grow to be looked for', {
      where: { field: 'findLearningRate.to' },
      got: String(to),
      wanted: `above ${from}`,
    });
  const rateAt = (step: number): number => from * realPower(to / from, steps === 1 ? 0 : step / (steps - 1));
  const rates: number[] = [];
  const losses: number[] = [];
  const stepsPerEpoch = run.dropLast
    ? Math.floor(run.train.rows / run.batchSize)
    : Math.ceil(run.train.rows / run.batchSize);
  const {
    earlyStopping: _stopping,
    convergence: _convergence,
    reduceOnPlateau: _plateau,
    ...rest
  } = run.options;
  const search = defineRun({
    ...rest,
    data: run.train,
    learningRate: rateAt,
    epochs: Math.ceil(steps / Math.max(1, stepsPerEpoch)),
    maxSteps: steps,
    callbacks: [
      {
        onStep: ({ learningRate, loss }) => {
          rates.push(learningRate);
          losses.push(loss);
          const smoothed = smooth(losses);
          const isRunningAway = losses.length > settling && loss > runaway * Math.min(...smoothed);
          return isRunningAway ? 'stop' : undefined;
        },
      },
    ],
  });
  try {
    await fit(search, compute);
  } catch (error) {
    // The end that is looked for: what was seen before says where.
    if (!(error instanceof LockstepError && error.code === 'DIVERGED')) throw error;
  }
  const smoothed = smooth(losses);
  const points = losses.map((loss, at) => ({
    learningRate: rates[at] ?? Number.NaN,
    loss,
    smoothed: smoothed[at] ?? Number.NaN,
  }));
  return { ...suggest(points), points };
}
