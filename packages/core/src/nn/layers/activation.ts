import * as ops from '../../ops/index.ts';
import { belowOne, checkOptions } from '../../options.ts';
import { type Activation, type ActivationName, defaultLeakySlope, toActivation } from '../activations.ts';
import type { Layer } from '../layer.ts';

/**
 * An activation as a layer: any shape.
 *
 * @throws LockstepError UNKNOWN_OPTION for a name that there is not
 */
export function activation(nameOrFunction: ActivationName | Activation): Layer {
  const apply = toActivation(nameOrFunction);
  const kind = typeof nameOrFunction === 'string' ? nameOrFunction : 'activation';
  return { kind, build: (x) => apply(x) };
}

/** max(x, 0); NaN stays NaN. */
export const relu = (): Layer => activation('relu');

/** 1 / (1 + exp(-x)). */
export const sigmoid = (): Layer => activation('sigmoid');

export const tanh = (): Layer => activation('tanh');

/** exp(x_j) / sum_k exp(x_k) over the last axis. */
export const softmax = (): Layer => activation('softmax');

/**
 * x where it is above 0, else alpha x.
 *
 * @param alpha - from 0 to below 1, default 0.01
 * @throws LockstepError BAD_OPTION
 */
export function leakyRelu(alpha: number = defaultLeakySlope): Layer {
  checkOptions('leakyRelu', { alpha }, { alpha: belowOne });
  return { kind: 'leakyRelu', build: (x) => ops.leakyRelu(x, alpha) };
}
