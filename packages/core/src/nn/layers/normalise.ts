import type { Node } from '../../graph/node.ts';
import { add, div, mul, reciprocal, reshape, sqrt, sub } from '../../ops/index.ts';
import { flag, nameOrFunction, nonNegative, type OptionRule } from '../../options.ts';
import { type InitializerName, toInitializer } from '../initializers/index.ts';
import type { Initializer } from '../initializers/initializer.ts';
import type { Scope } from '../scope.ts';

/** What the layers that normalise have in common. */
export interface NormaliseOptions {
  /** Added to the variance, so that its root is not 0. Default 1e-5. */
  readonly epsilon?: number;
  /** Multiply by the variable `gamma`. Default true. */
  readonly scale?: boolean;
  /** Add the variable `beta`. Default true. */
  readonly center?: boolean;
  /** Default `ones`. */
  readonly gammaInitializer?: InitializerName | Initializer;
  /** Default `zeros`. */
  readonly betaInitializer?: InitializerName | Initializer;
}

/** What they may be. */
export const normaliseRules = {
  epsilon: nonNegative,
  scale: flag,
  center: flag,
  gammaInitializer: nameOrFunction,
  betaInitializer: nameOrFunction,
} as const satisfies Record<keyof NormaliseOptions, OptionRule>;

/** Makes (x - mean) gamma / sqrt(variance + epsilon) + beta; `aligned` is the shape in which gamma and beta broadcast to x. */
export type Normalise = (
  x: Node,
  moments: { readonly mean: Node; readonly variance: Node },
  scope: Scope,
  shape: readonly number[],
  aligned?: readonly number[],
) => Node;

/**
 * The part that uses moments, whatever they are taken over.
 *
 * @param options - already checked
 * @param foldsScale - gamma is as large as the variance, so that their quotient is made before x is touched
 * @throws LockstepError UNKNOWN_OPTION for an initializer that there is not
 */
export function normaliseWith(options: NormaliseOptions, foldsScale: boolean): Normalise {
  const { epsilon = 1e-5, scale = true, center = true } = options;
  const gammaInitializer = toInitializer(options.gammaInitializer ?? 'ones');
  const betaInitializer = toInitializer(options.betaInitializer ?? 'zeros');
  return (x, { mean, variance }, scope, shape, aligned = shape) => {
    const align = (node: Node): Node => (String(aligned) === String(shape) ? node : reshape(node, aligned));
    const gamma = scale && align(scope.variable('gamma', { shape, initializer: gammaInitializer }));
    const beta = center && align(scope.variable('beta', { shape, initializer: betaInitializer }));
    const deviation = sqrt(add(variance, epsilon));
    const factor = gamma && foldsScale ? div(gamma, deviation) : reciprocal(deviation);
    const standard = mul(sub(x, mean), factor);
    const scaled = gamma && !foldsScale ? mul(standard, gamma) : standard;
    return beta ? add(scaled, beta) : scaled;
  };
}
