import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import {
  elu,
  gelu,
  geluTanh,
  hardSigmoid,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '../ops/index.ts';

/** An element-wise function, or one of each row. */
export type Activation = (x: Node) => Node;

/** Slope below 0 of the leaky ReLU that is asked for by name, as in PyTorch. */
export const defaultLeakySlope = 0.01;

/** Activations by name. A new one is one line here. */
export const activations = {
  linear: (x: Node): Node => x,
  relu,
  leakyRelu: (x: Node): Node => leakyRelu(x, defaultLeakySlope),
  elu: (x: Node): Node => elu(x),
  selu,
  gelu,
  geluTanh,
  silu,
  swish: silu,
  softplus,
  sigmoid,
  hardSigmoid,
  tanh,
  softmax: (x: Node): Node => softmax(x),
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

/**
 * The function of a name; a function stands for itself.
 *
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toActivation(activation: ActivationName | Activation): Activation {
  return typeof activation === 'function' ? activation : lookUp('activation', activations, activation);
}
