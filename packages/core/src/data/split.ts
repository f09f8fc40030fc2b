import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { type Dataset, fieldOf, requireInMemory, selectRows, storedRow } from './dataset.ts';
import { foldRows, type RowSplit, type SplitRowsOptions, splitRows } from './splitRows.ts';

export interface SplitOptions {
  /** Field of class labels, of which each part gets its share. */
  readonly stratify?: string;
  /** Field of integers that name groups, whose rows stay together. Not beside `stratify`. */
  readonly groups?: string;
}

/** Rows to train on and rows to judge by. */
export interface DataSplit {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** One integer for each row of the view. */
function keysOf(data: Dataset, name: string, option: string): Int32Array {
  const { values, shape, dtype } = fieldOf(data, name);
  if (dtype === 'float32' || sizeOf(shape) !== 1)
    throw new LockstepError('BAD_OPTION', 'the field does not say which rows belong together', {
      where: { field: option },
      got: `${name}, ${dtype} [${shape.join(', ')}]`,
      wanted: 'one integer a row',
    });
  return Int32Array.from({ length: data.rows }, (_, row) => values[storedRow(data, row)] ?? 0);
}

function keysFor(data: Dataset, { stratify, groups }: SplitOptions): SplitRowsOptions {
  return {
    ...(stratify === undefined ? {} : { strata: keysOf(data, stratify, 'stratify') }),
    ...(groups === undefined ? {} : { groups: keysOf(data, groups, 'groups') }),
  };
}

const blocksHint = 'splitBlocks() sets the last blocks aside.';

const parts = (data: Dataset, { train, validation }: RowSplit): DataSplit => ({
  train: selectRows(data, train),
  validation: selectRows(data, validation),
});

/**
 * Sets rows aside for validation: a random choice that depends on the seed and the number of rows alone, or on classes or groups
 * too if they are named ({@link splitRows} says how). Both parts keep the order of the data set; no values are copied. At least one
 * row goes to each part.
 *
 * @param fraction - of the rows that go to validation, above 0 and below 1 (rounded to whole rows)
 * @throws LockstepError BAD_OPTION for another fraction; UNKNOWN_OPTION for a field that is not there; EMPTY_DATA when there are
 * fewer than 2 rows
 */
export function trainValidationSplit(
  data: Dataset,
  fraction: number,
  seed: number,
  options: SplitOptions = {},
): DataSplit {
  requireInMemory(data, 'cannot be set aside at random', blocksHint);
  return parts(data, splitRows(data.rows, fraction, seed, keysFor(data, options)));
}

/**
 * Cuts a data set into folds. Each is the validation part of one split, and belongs to the training part of all others. No values
 * are copied. What is learnt from data, such as means, has to be learnt from each split's training part.
 *
 * @param folds - how many, at least 2
 * @throws LockstepError BAD_OPTION; UNKNOWN_OPTION for a field that is not there; EMPTY_DATA when there are fewer rows than folds
 */
export function kFold(
  data: Dataset,
  folds: number,
  seed: number,
  options: SplitOptions = {},
): readonly DataSplit[] {
  requireInMemory(data, 'cannot be cut into folds', blocksHint);
  return foldRows(data.rows, folds, seed, keysFor(data, options)).map((split) => parts(data, split));
}
