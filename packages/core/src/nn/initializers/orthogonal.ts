import { LockstepError } from '../../errors.ts';
import { constant } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import {
  abs,
  add,
  div,
  equal,
  gather,
  greaterEqual,
  iota,
  less,
  matmul,
  mul,
  neg,
  norm,
  normal,
  reshape,
  sqrt,
  sub,
  sum,
  transpose,
  where,
} from '../../ops/index.ts';
import { checkOptions, positive } from '../../options.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Initializer } from './initializer.ts';

export interface OrthogonalOptions {
  /** What the orthonormal matrix is multiplied by. Default 1. */
  readonly gain?: number;
}

/** From this power on, that of the products of earlier reflections with later ones is below 1e-9, for thousands of columns too. */
const negligiblePower = 128;
/** Steps that take what rounding left, 1e-3 for a thousand columns, to float32's precision: each squares it. */
const polishing = 2;

/** (I + n)^-1 for n that is 0 on and below its diagonal: (I - n)(I + n²)(I + n⁴) ..., which ends, since such powers do. */
function inverseOfUnitUpper(n: Node, identity: Node, size: number): Node {
  let power = n;
  let inverse = sub(identity, n);
  for (let exponent = 2; exponent < Math.min(size, negligiblePower); exponent *= 2) {
    power = matmul(power, power);
    inverse = add(inverse, matmul(inverse, power));
  }
  return inverse;
}

/**
 * An orthonormal matrix [rows, columns], rows >= columns, uniformly distributed (Stewart 1980): the first columns of a product of
 * reflections, of which the k-th takes a normal vector to the k-th axis, and leaves the axes before alone. They do not depend on
 * one another, so all vectors are made at once, and their product is I - 2 u p u^T for unit vectors u, with p the inverse of
 * I + 2 times the part of u^T u above the diagonal (Puglisi 1992): products of matrices alone.
 */
function orthonormal(normals: Node): Node {
  const [rows = 1, columns = 1] = normals.shape;
  const index = (axis: number, shape: readonly number[]): Node => iota({ shape }, axis);
  const onDiagonal = (shape: readonly number[]): Node => equal(index(0, shape), index(1, shape));
  const identity = (shape: readonly number[]): Node => where(onDiagonal(shape), constant(1), 0);
  const [tall, small] = [
    [rows, columns],
    [columns, columns],
  ] as const;
  const vectors = where(greaterEqual(index(0, tall), index(1, tall)), normals, 0);
  const first = sum(where(onDiagonal(tall), normals, 0), { axes: [0] });
  const length = norm(vectors, { axes: [0] });
  const side = where(greaterEqual(first, 0), constant(1), -1);
  const reflectors = add(vectors, where(onDiagonal(tall), mul(side, length), 0));
  const u = div(reflectors, sqrt(mul(mul(length, 2), add(length, abs(first)))));
  const gram = matmul(u, u, { transposeA: true });
  const above = where(less(index(0, small), index(1, small)), mul(gram, 2), 0);
  const p = inverseOfUnitUpper(above, identity(small), columns);
  const top = gather(u, iota({ shape: [columns] }));
  let q = sub(identity(tall), mul(matmul(u, matmul(p, top, { transposeB: true })), 2));
  for (let at = 0; at < polishing; at += 1)
    q = sub(mul(q, 1.5), mul(matmul(q, matmul(q, q, { transposeA: true })), 0.5));
  return mul(q, neg(side));
}

/**
 * Orthonormal columns (or rows, if there are fewer of them), uniformly distributed (Saxe et al. 2014): a weight [...window, in, out]
 * is taken as a matrix [window * in, out].
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; when used, SHAPE_MISMATCH for a vector
 */
export function orthogonal(options: OrthogonalOptions = {}): Initializer {
  checkOptions('orthogonal', options, { gain: positive });
  const { gain = 1 } = options;
  return (shape, path) => {
    const columns = shape.at(-1);
    if (columns === undefined || shape.length < 2)
      throw new LockstepError('SHAPE_MISMATCH', 'only a matrix can be orthogonal', {
        where: { field: path },
        got: `[${shape.join(', ')}]`,
        wanted: '[..., in, out]',
      });
    const rows = sizeOf(shape) / columns;
    const isTall = rows >= columns;
    const q = orthonormal(normal({ shape: isTall ? [rows, columns] : [columns, rows] }, { purpose: path }));
    const turned = isTall ? q : transpose(q);
    return reshape(gain === 1 ? turned : mul(turned, gain), shape);
  };
}
