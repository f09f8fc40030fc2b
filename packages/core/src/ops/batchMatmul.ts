import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op, Sample } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { load, type TensorRef } from '../nest/lowering.ts';
import { axis, i32, mul, reduced, type Scalar } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { broadcastTypes, requireDType } from './elementwise.ts';
import { floats } from './samples.ts';

export interface BatchMatmulAttributes extends Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Sizes of a matrix as [rows, columns], and which of these is the mini-batch. */
function matrixOf(
  { shape, batchAxis }: TensorType,
  transposed: boolean,
): { sizes: readonly [number, number]; batch: number | undefined } {
  const [first = 1, second = 1] = shape.slice(-2);
  const own = batchAxis === undefined ? -1 : batchAxis - (shape.length - 2);
  const batch = own < 0 ? undefined : transposed ? 1 - own : own;
  return { sizes: transposed ? [second, first] : [first, second], batch };
}

/** Type of the axes that count matrices. */
function countsOf({ shape, batchAxis, dtype }: TensorType): TensorType {
  const counts = shape.slice(0, -2);
  return {
    shape: counts,
    dtype,
    ...(batchAxis !== undefined && batchAxis < counts.length ? { batchAxis } : {}),
  };
}

const describe = ({ shape }: TensorType, transposed: boolean): string =>
  `[${shape.join(', ')}]${transposed ? ' transposed' : ''}`;

export const batchMatmulOp: Op<BatchMatmulAttributes> = {
  name: 'batchMatmul',
  infer: (inputs, { transposeA, transposeB }) => {
    requireDType('matmul', inputs, ['float32']);
    const [a, b] = inputs;
    const [left, right] = [a && matrixOf(a, transposeA), b && matrixOf(b, transposeB)];
    if (
      !a ||
      !b ||
      !left ||
      !right ||
      a.shape.length < 2 ||
      b.shape.length < 2 ||
      left.sizes[1] !== right.sizes[0]
    )
      throw new LockstepError('SHAPE_MISMATCH', 'the operands cannot be multiplied', {
        where: { op: 'matmul' },
        got: inputs.map((type, at) => describe(type, at === 0 ? transposeA : transposeB)).join(' x '),
        wanted: 'matrices [..., m, k] x [..., k, n]',
        hint: 'check the layer sizes, or use transposeA / transposeB',
      });
    const counts = broadcastTypes('matmul', [countsOf(a), countsOf(b)]);
    const shape = [...counts.shape, left.sizes[0], right.sizes[1]];
    const found = [
      counts.batchAxis,
      left.batch === 0 ? counts.shape.length : undefined,
      right.batch === 1 ? counts.shape.length + 1 : undefined,
      left.batch === 1 || right.batch === 0 ? -1 : undefined,
    ].filter((at) => at !== undefined);
    const [batchAxis, other] = found;
    if (other !== undefined)
      throw new LockstepError('SHAPE_MISMATCH', 'the mini-batch axes are at different places', {
        where: { op: 'matmul' },
        got: `${describe(a, transposeA)} x ${describe(b, transposeB)}`,
        wanted: 'the rows of the mini-batch along the same axis',
      });
    return { shape, dtype: 'float32', ...(batchAxis === undefined || batchAxis < 0 ? {} : { batchAxis }) };
  },
  gradient: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, upstream) => {
    if (!a || !b) return [];
    return [
      transposeA
        ? batchMatmul(b, upstream, { transposeA: transposeB, transposeB: true })
        : batchMatmul(upstream, b, { transposeA: false, transposeB: !transposeB }),
      transposeB
        ? batchMatmul(upstream, a, { transposeA: true, transposeB: transposeA })
        : batchMatmul(a, upstream, { transposeA: !transposeA, transposeB: false }),
    ];
  },
  lower: (context, node) => {
    const [a, b] = node.inputs.map((input) => context.tensor(input));
    if (!a || !b) return;
    const out = context.tensor(node);
    const { transposeA, transposeB } = node.attributes;
    const [left, right] = [matrixOf(a, transposeA), matrixOf(b, transposeB)];
    const [m, n, k] = [out.shape.length - 2, out.shape.length - 1, out.shape.length];
    const element = (tensor: TensorRef, first: number, second: number, transposed: boolean): Scalar => {
      const counts = tensor.shape.length - 2;
      const index = tensor.shape
        .slice(0, counts)
        .map((size, at) => (size === 1 ? i32(0) : axis(at + out.shape.length - tensor.shape.length)));
      const matrix = transposed ? [axis(second), axis(first)] : [axis(first), axis(second)];
      return load(tensor, [...index, ...matrix]);
    };
    const batch = left.batch === 1 || right.batch === 0;
    context.nest({
      name: 'matmul',
      axes: [
        ...out.shape.map((size, at) => ({ size, batch: at === out.batchAxis })),
        { size: left.sizes[1], batch },
      ],
      reduction: {
        axis: k,
        kind: 'sum',
        rule: batch ? 'batch' : 'ordered',
        term: mul(element(a, m, k, transposeA), element(b, k, n, transposeB)),
      },
      stores: [{ tensor: out.id, index: out.shape.map((_, at) => axis(at)), value: reduced }],
    });
  },
  samples: () => {
    const flags = [0, 1, 2, 3].map((which) => ({ transposeA: which % 2 === 1, transposeB: which > 1 }));
    const matrix = (rows: number, columns: number, transposed: boolean): readonly number[] =>
      transposed ? [columns, rows] : [rows, columns];
    const sizes = [
      { counts: [5], m: 8, k: 16, n: 24 },
      { counts: [5], m: 6, k: 9, n: 11 },
      { counts: [3], m: 2, k: 3, n: 1 },
      { counts: [6, 2], m: 12, k: 8, n: 8 },
    ];
    const same = flags.flatMap((attributes) =>
      sizes.map(({ counts, m, k, n }): Sample<BatchMatmulAttributes> => {
        const { transposeA, transposeB } = attributes;
        return {
          attributes,
          inputs: [
            floats([...counts, ...matrix(m, k, transposeA)], { batchAxis: 0 }),
            floats([...counts, ...matrix(k, n, transposeB)], { batchAxis: 0 }),
          ],
        };
      }),
    );
    const plain = { transposeA: false, transposeB: false };
    return [
      ...same,
      { attributes: plain, inputs: [floats([5, 1, 4, 3], { batchAxis: 0 }), floats([2, 3, 7])] },
      { attributes: plain, inputs: [floats([3, 5, 8]), floats([3, 8, 16])] },
      {
        attributes: plain,
        inputs: [floats([2, 5, 8, 3], { batchAxis: 1 }), floats([2, 5, 3, 9], { batchAxis: 1 })],
      },
      { attributes: plain, inputs: [floats([2, 5, 3], { batchAxis: 1 }), floats([2, 3, 8])] },
      {
        attributes: plain,
        inputs: [floats([2, 3, 5], { batchAxis: 2 }), floats([2, 5, 4], { batchAxis: 1 })],
      },
      { attributes: plain, inputs: [floats([3, 4, 1100], { batchAxis: 0 }), floats([1, 1100, 8])] },
    ];
  },
};

/**
 * The product of every matrix of `a` with the matrix of `b` that has the same place: [..., m, k] x [..., k, n] -> [..., m, n],
 * the axes in front broadcast as in NumPy.
 *
 * @throws LockstepError SHAPE_MISMATCH
 */
export function batchMatmul(a: Node, b: Node, attributes: BatchMatmulAttributes): Node {
  return apply(batchMatmulOp, [a, b], attributes);
}
