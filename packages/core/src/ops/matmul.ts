import { LockstepError } from '../errors.ts';
import { type Attributes, apply, type Node, type Op } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import { axis, mul, reduced } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { batchMatmul } from './batchMatmul.ts';
import { type Operand, requireDType, toNode } from './elementwise.ts';
import { reshape } from './reshape.ts';
import { transpose } from './transpose.ts';

export interface MatmulAttributes extends Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Axis numbers of [outer, inner] for the left operand, [inner, outer] for the right one. */
const leftAxes = (a: MatmulAttributes): readonly [number, number] => (a.transposeA ? [1, 0] : [0, 1]);
const rightAxes = (a: MatmulAttributes): readonly [number, number] => (a.transposeB ? [1, 0] : [0, 1]);

const describe = (type: TensorType | undefined, transposed: boolean): string =>
  `[${type?.shape.join(', ') ?? ''}]${transposed ? ' transposed' : ''}`;

export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  infer: (inputs, attributes) => {
    requireDType('matmul', inputs, ['float32']);
    const [left, right] = inputs;
    const [rows, inner] = leftAxes(attributes);
    const [terms, columns] = rightAxes(attributes);
    if (left?.shape.length !== 2 || right?.shape.length !== 2 || left.shape[inner] !== right.shape[terms])
      throw new LockstepError('SHAPE_MISMATCH', 'the operands cannot be multiplied', {
        where: { op: 'matmul' },
        got: `${describe(left, attributes.transposeA)} x ${describe(right, attributes.transposeB)}`,
        wanted: 'two matrices [m, k] x [k, n]',
        hint: 'check the layer sizes, or use transposeA / transposeB',
      });
    const shape = [left.shape[rows] ?? 0, right.shape[columns] ?? 0];
    if (left.batchAxis === rows) return { shape, dtype: 'float32', batchAxis: 0 };
    if (right.batchAxis === columns) return { shape, dtype: 'float32', batchAxis: 1 };
    return { shape, dtype: 'float32' };
  },
  gradient: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, upstream) => {
    if (!a || !b) return [];
    return [
      transposeA
        ? matmul(b, upstream, { transposeA: transposeB, transposeB: true })
        : matmul(upstream, b, { transposeB: !transposeB }),
      transposeB
        ? matmul(upstream, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, upstream, { transposeA: !transposeA }),
    ];
  },
  lower: (context, node) => {
    const [a, b] = node.inputs.map((input) => context.tensor(input));
    if (!a || !b) return;
    const out = context.tensor(node);
    const [rows, inner] = leftAxes(node.attributes);
    const [terms, columns] = rightAxes(node.attributes);
    const batch = a.batchAxis === inner || b.batchAxis === terms;
    const at = (first: number, second: number, transposed: boolean) =>
      transposed ? [axis(second), axis(first)] : [axis(first), axis(second)];
    context.nest({
      name: 'matmul',
      axes: [
        { size: a.shape[rows] ?? 0, batch: out.batchAxis === 0 },
        { size: b.shape[columns] ?? 0, batch: out.batchAxis === 1 },
        { size: a.shape[inner] ?? 0, batch },
      ],
      reduction: {
        axis: 2,
        kind: 'sum',
        rule: batch ? 'batch' : 'ordered',
        term: mul(
          load(a, at(0, 2, node.attributes.transposeA)),
          load(b, at(2, 1, node.attributes.transposeB)),
        ),
      },
      stores: [{ tensor: out.id, index: [axis(0), axis(1)], value: reduced }],
    });
  },
  samples: () => {
    const sizes = [
      [5, 7, 3],
      [4, 16, 16],
      [13, 9, 17],
      [1, 1, 1],
      [3, 1100, 2],
    ] as const;
    return sizes.flatMap(([m, k, n]) =>
      [0, 1, 2, 3].map((which) => {
        const transposeA = which % 2 === 1;
        const transposeB = which > 1;
        return {
          attributes: { transposeA, transposeB },
          inputs: [
            { shape: transposeA ? [k, m] : [m, k], dtype: 'float32' as const, batchAxis: 0 },
            {
              shape: transposeB ? [n, k] : [k, n],
              dtype: 'float32' as const,
              ...(transposeA && !transposeB ? { batchAxis: 0 } : {}),
            },
          ],
        };
      }),
    );
  },
};

/** The last two axes the other way round. */
function turned(x: Node): Node {
  const order = [...x.shape.keys()];
  return transpose(x, [...order.slice(0, -2), x.shape.length - 1, x.shape.length - 2]);
}

/** All matrices of `a` times one matrix: the rows of all of them below each other, the mini-batch outermost. */
function timesMatrix(a: Node, b: Node, { transposeA, transposeB }: MatmulAttributes): Node {
  const rows = transposeA ? turned(a) : a;
  const { batchAxis } = rows;
  if (batchAxis !== undefined && batchAxis > 0 && batchAxis < rows.shape.length - 1) {
    const order = [...rows.shape.keys()];
    const front = [batchAxis, ...order.filter((at) => at !== batchAxis)];
    const product = timesMatrix(transpose(rows, front), b, { transposeA: false, transposeB });
    return transpose(
      product,
      order.map((at) => front.indexOf(at)),
    );
  }
  const inner = rows.shape.at(-1) ?? 1;
  const product = matmul(reshape(rows, [-1, inner], batchAxis === 0 ? { batchAxis } : {}), b, { transposeB });
  const shape = [...rows.shape.slice(0, -1), product.shape[1] ?? 1];
  return reshape(product, shape, product.batchAxis === 0 ? { batchAxis: 0 } : {});
}

/**
 * Matrix product [m, k] x [k, n] -> [m, n], float32. Each element sums over k in order, in chunks of 512 terms; over the
 * mini-batch, by lanes (docs/numerics.md).
 *
 * Axes before the last two count matrices, and broadcast as in NumPy: [..., m, k] x [..., k, n] -> [..., m, n]. Many matrices
 * times a single one are a single product of all their rows.
 *
 * @param options - transposeA, transposeB: the operand's matrices are stored transposed
 * @throws LockstepError SHAPE_MISMATCH
 */
export function matmul(
  a: Operand,
  b: Operand,
  options: { transposeA?: boolean; transposeB?: boolean } = {},
): Node {
  const [left, right] = [toNode(a), toNode(b)];
  const { transposeA = false, transposeB = false } = options;
  const [many, others] = [left.shape.length > 2, right.shape.length > 2];
  if (many && others) return batchMatmul(left, right, { transposeA, transposeB });
  if (many && right.shape.length === 2) return timesMatrix(left, right, { transposeA, transposeB });
  if (others && left.shape.length === 2)
    return turned(timesMatrix(right, left, { transposeA: !transposeB, transposeB: !transposeA }));
  return apply(matmulOp, [left, right], { transposeA, transposeB });
}
