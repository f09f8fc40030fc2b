import { type Dataset, valuesOf } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import type { OptionRule } from '../options.ts';
import type { ClassWeights } from './runOptions.ts';
import type { Comparison } from './task.ts';

/** What `classWeights` may be. */
export const classWeightsRule: OptionRule = {
  wanted: '"balanced", or a list of numbers, 0 or above, one for each class',
  holds: (value) =>
    value === 'balanced' ||
    (Array.isArray(value) &&
      value.length > 0 &&
      value.every((weight) => typeof weight === 'number' && Number.isFinite(weight) && weight >= 0)),
};

/** How many classes an output tells apart: one column is one yes-or-no answer. */
function classesOf(output: Node): number {
  const columns = output.shape[1] ?? 1;
  return columns === 1 ? 2 : columns;
}

/** The class of each row of a target, as `rowLoss` has it: a label, the greatest of several values, or whether one is above 0.5. */
function classes(target: ArrayLike<number>, rows: number): number[] {
  const columns = target.length / rows;
  const classOf = (values: readonly number[]): number => {
    const [single = 0] = values;
    if (columns > 1) return values.indexOf(Math.max(...values));
    return target instanceof Float32Array ? Number(single > 0.5) : single;
  };
  return Array.from({ length: rows }, (_, row) =>
    classOf(Array.from({ length: columns }, (_, column) => target[row * columns + column] ?? 0)),
  );
}

function balanced({ target, ignoreTarget }: Comparison, count: number, data: Dataset): readonly number[] {
  const values = valuesOf(data, target);
  const labels = classes(values, data.rows).filter(
    (_label, row) => values.length > data.rows || values[row] !== ignoreTarget,
  );
  const rows = new Array<number>(count).fill(0);
  for (const label of labels) rows[label] = (rows[label] ?? 0) + 1;
  return rows.map((inClass) => (inClass === 0 ? 0 : labels.length / (count * inClass)));
}

/**
 * The weight of each class.
 *
 * @param train - whose rows are counted for `balanced`; a class that none of them has gets 0
 * @throws LockstepError BAD_OPTION when there is not one weight for each class of the output
 */
export function resolveClassWeights(
  place: string,
  weights: ClassWeights,
  comparison: Comparison,
  output: Node,
  train: Dataset,
): readonly number[] {
  const count = classesOf(output);
  if (weights === 'balanced') return balanced(comparison, count, train);
  if (weights.length !== count)
    throw new LockstepError('BAD_OPTION', 'there has to be one weight for each class', {
      where: { field: `${place}.classWeights` },
      got: `${weights.length} weights`,
      wanted: `${count} for the output "${comparison.output}" of shape [${output.shape.join(', ')}]`,
    });
  return weights;
}
