import type { Node } from '../graph/node.ts';
import { grad } from './grad.ts';

/** A scalar and its gradients. */
export interface ValueAndGrad {
  readonly value: Node;
  /** One for each node that was asked for, of its shape. */
  readonly gradients: readonly Node[];
}

/**
 * A loss together with its gradients; see {@link grad}.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH, NOT_DIFFERENTIABLE
 */
export function valueAndGrad(loss: Node, wrt: readonly Node[]): ValueAndGrad {
  return { value: loss, gradients: grad(loss, wrt) };
}
