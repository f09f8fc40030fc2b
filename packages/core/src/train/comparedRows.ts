import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import type { BuiltModel } from '../nn/model.ts';
import { notEqual, reshape } from '../ops/index.ts';
import type { Batch } from './batch.ts';
import type { Comparison } from './task.ts';

/**
 * The output of the model that a comparison names.
 *
 * @throws LockstepError UNKNOWN_OPTION
 */
export function outputOf(place: string, { output }: Comparison, built: BuiltModel): Node {
  return lookUp('output of the model', built.outputs, output, { field: `${place}.output` });
}

/** Throws unless a node says one number (or, if allowed, one list of numbers) for every row. */
export function requireRows(place: string, node: Node, rows: number, mostAxes = 1): Node {
  const { shape, dtype, batchAxis } = node;
  if (shape.length < 1 || shape.length > mostAxes || batchAxis !== 0 || dtype !== 'float32')
    throw new LockstepError('SHAPE_MISMATCH', 'a loss or metric does not give one number a row', {
      where: { field: place },
      got: `${dtype} [${shape.join(', ')}]`,
      wanted: `float32 [${rows}]${mostAxes > 1 ? ` or [${rows}, n]` : ''} along the mini-batch`,
      hint: 'take the mean over every axis but the first',
    });
  return node;
}

/**
 * A field of one number a row as [B].
 *
 * @throws LockstepError SHAPE_MISMATCH
 */
export function oneNumberARow(place: string, field: Node): Node {
  const [rows = 1, ...rest] = field.shape;
  if (rest.some((size) => size !== 1))
    throw new LockstepError('SHAPE_MISMATCH', 'a field does not have one number a row', {
      where: { field: place },
      got: `[${field.shape.join(', ')}]`,
      wanted: `[${rows}] or [${rows}, 1]`,
    });
  return rest.length === 0 ? field : reshape(field, [rows]);
}

/** Which rows a comparison counts, bool [B]; undefined if it counts all. */
export function countedRows(
  place: string,
  { target, ignoreTarget }: Comparison,
  batch: Batch,
): Node | undefined {
  if (ignoreTarget === undefined) return undefined;
  return notEqual(oneNumberARow(`${place}.ignoreTarget`, batch.target(target)), ignoreTarget);
}
