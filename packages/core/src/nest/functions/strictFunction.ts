import type { Scalar } from '../scalar.ts';

/**
 * A function whose float32 bits are fixed: `expand` is its definition, the same primitives in the same order on every CPU.
 */
export interface StrictFunction {
  readonly arity: number;
  /** Primitives only: no `call`, no `indexDiv` or `indexRem`, no branch that depends on data. */
  expand(...args: readonly Scalar[]): Scalar;
  /** The same function in float64, for measuring accuracy; never on a path that reaches a weight. */
  reference(...args: readonly number[]): number;
  /** Largest error of `expand` against `reference`, in units in the last place of the float32 result. */
  readonly ulp: number;
}
