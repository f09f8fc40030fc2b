import { LockstepError } from '../../errors.ts';
import type { Node } from '../../graph/node.ts';
import { add, matmul, mul, normal, reshape } from '../../ops/index.ts';
import { checkOptions, positive } from '../../options.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Initializer } from './initializer.ts';

export interface OrthogonalOptions {
  /** What the orthonormal matrix is multiplied by. Default 1. */
  readonly gain?: number;
}

/** Steps that make small singular values 3.4 times as large and bring the others to between 0.68 and 1.14. */
const growing = 14;
/** Steps that bring those to 1: each squares the distance, so that float32's precision is reached with one to spare. */
const settling = 6;

/**
 * One step towards the nearest orthonormal matrix: a x + (b s + c s²) x for the matrix s of products of the shorter side, which
 * makes a y + b y³ + c y⁵ of every singular value y and leaves the singular vectors alone.
 */
function step(x: Node, [a, b, c]: readonly [number, number, number]): Node {
  const [rows = 1, columns = 1] = x.shape;
  const wide = rows <= columns;
  const s = wide ? matmul(x, x, { transposeB: true }) : matmul(x, x, { transposeA: true });
  const factor = c === 0 ? mul(s, b) : add(mul(s, b), mul(matmul(s, s), c));
  return add(mul(x, a), wide ? matmul(factor, x) : matmul(x, factor));
}

/**
 * Orthonormal columns (or rows, if there are fewer of them), uniformly distributed (Saxe et al. 2014): a weight [...window, in, out]
 * is taken as a matrix [window * in, out].
 *
 * It is the orthogonal factor of the polar decomposition of a normal matrix, by Newton and Schulz's iteration, first with the
 * coefficients of Keller Jordan's Muon (2024), and so made of matrix products alone. Singular values below 1e-7 of the largest,
 * which hardly ever come up, would not reach 1.
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
    // The largest singular value of a normal matrix is above sqrt(rows) + sqrt(columns) + 6 once in 10^8.
    const largest = Math.sqrt(rows) + Math.sqrt(columns) + 6;
    let x = normal({ shape: [rows, columns] }, { purpose: path, deviation: 1 / largest });
    for (let at = 0; at < growing; at += 1) x = step(x, [3.4445, -4.775, 2.0315]);
    for (let at = 0; at < settling; at += 1) x = step(x, [1.5, -0.5, 0]);
    return reshape(gain === 1 ? x : mul(x, gain), shape);
  };
}
