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
  /**
   * Bound of the error of `expand`, in units in the last place of the float32 result. Measured against a float64 library
   * over every float32; the worst argument found stands beside each bound.
   */
  readonly ulp: number;
}
