import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { add, div, minimum, mul, sqrt, square, sum } from '../ops/index.ts';
import { describeValue, positive } from '../options.ts';

export interface ClippedGradients {
  /** By the path of the parameter. */
  readonly gradients: ReadonlyMap<string, Node>;
  /** Before clipping: a float32 scalar. */
  readonly norm: Node;
}

/** Keeps the quotient finite where all gradients are 0; PyTorch's value. */
const epsilon = 1e-6;

/**
 * Gradients scaled down together so that their common Euclidean norm is at most `maxNorm`, as PyTorch's
 * `clip_grad_norm_`: each is multiplied by min(1, maxNorm / (norm + 1e-6)).
 *
 * The sum under the root is made of each tensor's sum of squares (one axis at a time, from the last), added in the order
 * of the paths by code unit. A norm that is NaN makes every gradient NaN.
 *
 * @param gradients - by the path of the parameter
 * @throws LockstepError BAD_OPTION
 */
export function clipByGlobalNorm(gradients: ReadonlyMap<string, Node>, maxNorm: number): ClippedGradients {
  if (!positive.holds(maxNorm))
    throw new LockstepError('BAD_OPTION', 'an option has a value that is not allowed', {
      where: { field: 'clipping.globalNorm' },
      got: describeValue(maxNorm),
      wanted: positive.wanted,
    });
  const ordered = [...gradients].sort(([a], [b]) => (a < b ? -1 : 1));
  const squares = ordered.map(([, gradient]) => sum(square(gradient)));
  const norm = sqrt(squares.reduce((total, next) => add(total, next)));
  const coefficient = minimum(div(maxNorm, add(norm, epsilon)), 1);
  return {
    gradients: new Map([...gradients].map(([path, gradient]) => [path, mul(gradient, coefficient)])),
    norm,
  };
}
