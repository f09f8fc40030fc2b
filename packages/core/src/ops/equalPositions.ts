import { LockstepError } from '../errors.ts';
import { type Attributes, apply, type Node, type Op } from '../graph/node.ts';
import { load, type TensorRef } from '../nest/lowering.ts';
import type { Nest } from '../nest/nest.ts';
import { axis, primitive, reduced, type Scalar } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { requireDType } from './elementwise.ts';
import { clampIndex } from './indexing.ts';
import { integers } from './samples.ts';

/** The position that {@link nextEqual} gives where there is no next one. */
export const noPosition = 2 ** 31 - 1;

/** Positions are compared as float32 numbers, which hold integers up to here. */
const mostPositions = 2 ** 24;

export interface PositionAttributes extends Attributes {
  /** Integers out of 0 to size - 1 count as the nearest one. */
  readonly size: number;
}

function inferPositions(name: string, [list]: readonly TensorType[]): TensorType {
  if (list?.shape.length !== 1 || (list.shape[0] ?? 0) > mostPositions)
    throw new LockstepError('SHAPE_MISMATCH', 'equal positions are looked for in a list', {
      where: { op: name },
      got: `[${list?.shape.join(', ')}]`,
      wanted: `[n], n at most ${mostPositions}`,
    });
  requireDType(name, [list], ['int32']);
  return list;
}

/** The search as `asEqualSearch` knows it. */
function searchNest(name: string, list: TensorRef, out: TensorRef, size: number, after: boolean): Nest {
  const key = (at: number): Scalar => clampIndex(load(list, [axis(at)]), size);
  const equal = primitive('intEqual', key(1), key(0));
  const positions = { size: out.shape[0] ?? 0, batch: out.batchAxis === 0 };
  return {
    name,
    axes: [positions, positions],
    reduction: {
      axis: 1,
      kind: 'min',
      rule: 'ordered',
      term: primitive('intToFloat', axis(1)),
      guard: after ? primitive('maskAnd', primitive('intLess', axis(0), axis(1)), equal) : equal,
    },
    stores: [{ tensor: out.id, index: [axis(0)], value: primitive('floatToInt', reduced) }],
  };
}

function positionOp(name: string, after: boolean): Op<PositionAttributes> {
  return {
    name,
    infer: (inputs) => inferPositions(name, inputs),
    gradient: () => [undefined],
    lower: (context, node) => {
      const [list] = node.inputs.map((operand) => context.tensor(operand));
      if (list) context.nest(searchNest(name, list, context.tensor(node), node.attributes.size, after));
    },
    samples: () =>
      [
        integers([1], [0, 0]),
        integers([13], [0, 5], { batchAxis: 0 }),
        integers([64], [-3, 40]),
        integers([600], [0, 299], { batchAxis: 0 }),
      ].map((list) => ({ attributes: { size: 300 }, inputs: [list], skipGradient: 'integers' })),
  };
}

export const firstEqualOp: Op<PositionAttributes> = positionOp('firstEqual', false);
export const nextEqualOp: Op<PositionAttributes> = positionOp('nextEqual', true);

/**
 * For every position of a list the first position with the same integer; its own, if there is none before it. The work is
 * linear in the length.
 *
 * @param list - int32 [n]
 * @param size - integers out of 0 to size - 1 count as the nearest one
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function firstEqual(list: Node, size: number): Node {
  return apply(firstEqualOp, [list], { size });
}

/**
 * For every position of a list the next position with the same integer, {@link noPosition} if there is none after it.
 *
 * @param list - int32 [n]
 * @param size - integers out of 0 to size - 1 count as the nearest one
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function nextEqual(list: Node, size: number): Node {
  return apply(nextEqualOp, [list], { size });
}
