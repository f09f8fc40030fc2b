import { LockstepError } from '../errors.ts';
import type { Node, Op, Sample } from '../graph/node.ts';
import type { Lowering, TensorRef } from '../nest/lowering.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import type { Reduction } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { reduced } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { requireDType } from './elementwise.ts';
import { oneAxisType } from './reduce.ts';
import { floats } from './samples.ts';

/** Nests of an op that reduces the rows along its input's last axis, and uses what comes out on the same rows. */
export interface LastAxis {
  readonly x: Scalar;
  /** Reduces over the last axis; `finish` makes what is stored of the reduction's value. */
  reduce(kind: Reduction['kind'], term: Scalar, into: TensorRef, finish?: Scalar): void;
  map(value: Scalar, into: TensorRef): void;
  /** A temporary with one element for each row, or of the input's shape. */
  rows(): TensorRef;
  full(): TensorRef;
  /** Reads the row's or the element's value. */
  at(tensor: TensorRef): Scalar;
}

/** Shape of one value for each row along the last axis. */
export function rowType(name: string, inputs: readonly TensorType[]): TensorType {
  requireDType(name, inputs, ['float32']);
  const rank = inputs[0]?.shape.length ?? 0;
  if (rank === 0)
    throw new LockstepError('SHAPE_MISMATCH', 'a scalar has no last axis', {
      where: { op: name },
      got: '[]',
      wanted: 'at least one axis',
    });
  return oneAxisType(name, inputs, { axis: rank - 1 });
}

/** Type of the result of an op that works along the last axis and keeps the shape. */
export function sameAsRows(name: string, inputs: readonly TensorType[]): TensorType {
  const row = rowType(name, inputs);
  const { shape, batchAxis } = inputs[0] ?? row;
  return { shape, dtype: 'float32', ...(batchAxis === undefined ? {} : { batchAxis }) };
}

/** Sets the nests of an op over the last axis up. */
export function overLastAxis(name: string, context: Lowering<Node>, from: TensorRef): LastAxis {
  const axes = axesOf(from);
  const index = identityIndex(axes.length);
  const rowIndex = index.slice(0, -1);
  const last = axes.length - 1;
  const row = rowType(name, [from]);
  return {
    x: load(from, index),
    reduce: (kind, term, into, finish = reduced) =>
      context.nest({
        name,
        axes,
        reduction: { axis: last, kind, rule: axes[last]?.batch === true ? 'batch' : 'row', term },
        stores: [{ tensor: into.id, index: rowIndex, value: finish }],
      }),
    map: (value, into) => context.nest({ name, axes, stores: [{ tensor: into.id, index, value }] }),
    rows: () => context.temporary(row),
    full: () => context.temporary(from),
    at: (tensor) => load(tensor, tensor.shape.length === axes.length ? index : rowIndex),
  };
}

/** Cases of an op over the last axis. */
export function lastAxisSamples(): ReturnType<NonNullable<Op['samples']>> {
  const of = (sample: Omit<Sample, 'attributes'>): Sample => ({ attributes: {}, ...sample });
  return [
    of({ inputs: [floats([5, 10], { batchAxis: 0 })] }),
    of({ inputs: [floats([3, 2, 19], { batchAxis: 0 })] }),
    of({ inputs: [floats([7, 1], { batchAxis: 0 })] }),
    of({ inputs: [floats([13])] }),
    of({ inputs: [floats([3, 37], { batchAxis: 1 })] }),
    of({ inputs: [floats([2, 4500], { range: [-1, 1] })] }),
    of({
      inputs: [
        floats([6, 3], {
          values: [
            [1e30, -1e30, 0],
            [100, 200, 300],
            [-Infinity, 0, 1],
            [-Infinity, -Infinity, -Infinity],
            [Infinity, 0, 1],
            [Number.NaN, 0, 1],
          ].flat(),
        }),
      ],
      skipGradient: 'not finite, or too large for differences',
    }),
  ];
}
