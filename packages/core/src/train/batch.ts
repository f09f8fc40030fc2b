import type { Batch } from '../data/batch.ts';
import { type Dataset, fieldOf, storedRows } from '../data/dataset.ts';
import type { Preprocessing } from '../data/field.ts';
import { constant, input, stepValue } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { cast, gather, mul, reshape, sub } from '../ops/index.ts';
import { sizeOf } from '../tensor/tensorType.ts';

export type { Batch };

/** Step value with the stored rows that make the mini-batch: int32 [B]. */
export const rowsName = 'rows';

/** The input that holds all stored rows of a field. */
export function residentName(source: string, field: string): string {
  return `${source}.${field}`;
}

function perFeature(list: readonly number[]): Node {
  const [first = 0] = list;
  return list.length === 1 ? constant(first) : constant(list);
}

/** (x - offset) scale in float32; parts that change nothing are left out. */
function preprocess(x: Node, { offset, scale }: Preprocessing): Node {
  const shifted = offset.every((value) => value === 0) ? x : sub(x, perFeature(offset));
  return scale.every((value) => value === 1) ? shifted : mul(shifted, perFeature(scale));
}

/**
 * Leaves and gathers for a mini-batch of `size` rows, gathered in the step itself from a data set that stays in memory.
 *
 * @param source - prefix of the inputs' names, so that data sets with different rows live side by side in one executor
 * @param table - step value with the rows
 */
export function batchOf(data: Dataset, size: number, source: string, table: string = rowsName): Batch {
  const rows = stepValue(table, { shape: [size], dtype: 'int32', batchAxis: 0 });
  // A row of any shape is stored flat, as one contiguous vector, and takes its shape when it is in the batch.
  const flat = (name: string): Node => {
    const { shape, dtype } = fieldOf(data, name);
    const row = shape.length > 1 ? [sizeOf(shape)] : shape;
    return gather(input(residentName(source, name), { shape: [storedRows(data), ...row], dtype }), rows);
  };
  const shaped = (x: Node, name: string): Node => {
    const { shape } = fieldOf(data, name);
    return shape.length > 1 ? reshape(x, [size, ...shape], { batchAxis: 0 }) : x;
  };
  const gathered = (name: string): Node => shaped(flat(name), name);
  const asFloat = (name: string): Node => {
    const { preprocessing } = fieldOf(data, name);
    const x = cast(flat(name), 'float32');
    return shaped(preprocessing === undefined ? x : preprocess(x, preprocessing), name);
  };
  return {
    size,
    input: (name, { dtype = 'float32' }) => {
      if (dtype === 'float32') return asFloat(name);
      return dtype === 'int32' ? cast(gathered(name), 'int32') : gathered(name);
    },
    target: (name) => {
      const { dtype, preprocessing } = fieldOf(data, name);
      return dtype === 'float32' || preprocessing !== undefined
        ? asFloat(name)
        : cast(gathered(name), 'int32');
    },
  };
}
