import { kFold } from '../data/split.ts';
import { LockstepError } from '../errors.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { MetricValues } from './events.ts';
import type { RunData, RunOptions } from './runOptions.ts';

/** How a number differs from fold to fold. */
export interface Spread {
  readonly mean: number;
  /** The standard deviation of the folds (of a sample: divided by their number less 1). */
  readonly deviation: number;
}

/** What training says at its end of the rows it has not seen. */
export interface FoldResult {
  readonly valLoss?: number;
  readonly valMetrics?: MetricValues;
}

export interface CrossValidation<Result extends FoldResult> {
  readonly valLoss: Spread;
  readonly valMetrics: Readonly<Record<string, Spread>>;
  /** In the order of the folds. */
  readonly folds: readonly Result[];
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/**
 * A run for each fold of the data, which it is judged by, trained on the others. They are called `<name>-fold-1`, ... What has to be
 * learnt from training rows, such as means, belongs into `data.prepare`, which is called for each.
 *
 * @param folds - how many, at least 2
 * @throws LockstepError BAD_OPTION when the data has a validation part already; as `kFold` and `defineRun`
 */
export function kFoldRuns(options: RunOptions, folds: number): readonly Run[] {
  const { data, name = 'run', seed = 0 } = options;
  const whole: RunData = 'fields' in data ? { train: data } : data;
  const { train, validation, stratify, groups, ...rest } = whole;
  if (validation !== undefined)
    throw new LockstepError('BAD_OPTION', 'folds are what a run is judged by', {
      where: { field: 'run.data.validation' },
      hint: 'Leave it out.',
    });
  const keys = {
    ...(stratify === undefined ? {} : { stratify }),
    ...(groups === undefined ? {} : { groups }),
  };
  return kFold(train, folds, seed, keys).map((fold, at) =>
    defineRun({ ...options, name: `${name}-fold-${at + 1}`, data: { ...rest, ...fold } }),
  );
}

/**
 * Trains once for each fold of the data, one after another, and says how much what came out differs.
 *
 * ```ts
 * const { valMetrics } = await crossValidate(options, 5, (run) => fit(run));
 * ```
 *
 * @param train - `fit`, or `train` of `@lockstep/parallel`
 * @throws LockstepError as {@link kFoldRuns}; what `train` throws
 */
export async function crossValidate<Result extends FoldResult>(
  options: RunOptions,
  folds: number,
  train: (run: Run) => Promise<Result>,
): Promise<CrossValidation<Result>> {
  const results: Result[] = [];
  for (const run of kFoldRuns(options, folds)) results.push(await train(run));
  const names = Object.keys(results[0]?.valMetrics ?? {});
  const spread = (of: (result: Result) => number | undefined): Spread =>
    spreadOf(results.map((result) => of(result) ?? Number.NaN));
  return {
    valLoss: spread(({ valLoss }) => valLoss),
    valMetrics: Object.fromEntries(
      names.map((name) => [name, spread(({ valMetrics }) => valMetrics?.[name])]),
    ),
    folds: results,
  };
}
