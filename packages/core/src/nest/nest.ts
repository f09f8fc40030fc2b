import type { Scalar } from './scalar.ts';

/** One loop. Axes are listed outermost first; those not reduced are independent of each other (parallel). */
export interface NestAxis {
  readonly size: number;
  /** Runs over the rows of the mini-batch. */
  readonly batch: boolean;
}

/**
 * Which order a sum is made in (docs/numerics.md):
 * `ordered` one chain, in chunks of 512 terms; `row` eight partial sums by index mod 8, combined in a fixed tree;
 * `batch` chunks, then lanes, then the lane tree.
 */
export type SumRule = 'ordered' | 'row' | 'batch';

/** Terms that a sum adds in one chain before their sum joins the total. */
export const chunkTerms = 512;

/**
 * The terms of a sum that take part, as a linked list of indices along the reduced axis. Indices go up, so the order of the
 * terms is what it would be with a guard; but the others are not looked at. The list ends with an index past the axis.
 */
export interface Chain {
  /** Index of the first term; a function of the parallel axes. */
  readonly start: Scalar;
  /** Index of the term after that at the reduced axis' current index. */
  readonly next: Scalar;
}

/** Reduction over one axis of the nest. Sums start at +0, max at -infinity, min at +infinity. */
export interface Reduction {
  readonly axis: number;
  readonly kind: 'sum' | 'max' | 'min';
  readonly rule: SumRule;
  /** Of a `batch` sum, only the terms of this lane, as one `ordered` sum. */
  readonly lane?: number;
  readonly term: Scalar;
  /** Only terms whose guard holds take part. For a sum this is the same as adding +0, and cheaper (scatter-add). */
  readonly guard?: Scalar;
  /** Only the terms on it take part. For sums by the rules `ordered` and `batch` that have no guard. */
  readonly chain?: Chain;
  /**
   * Stores are made at every term, of the `ordered` sum up to and with it, and may use the reduced axis. For sums by the rule
   * `ordered` that have neither guard nor chain.
   */
  readonly scan?: boolean;
}

/** `value` goes to one element of a tensor for each point of the parallel axes (in a scan, of all axes). No two points may store to the same element. */
export interface Store {
  readonly tensor: number;
  readonly index: readonly Scalar[];
  readonly value: Scalar;
  /** At points where it does not hold nothing is stored, and the value is not computed. It uses no floats. */
  readonly guard?: Scalar;
}

/** A loop nest on logical shapes: says what is computed, never where it lies or who computes it. */
export interface Nest {
  /** The op it comes from, for printing. */
  readonly name: string;
  readonly axes: readonly NestAxis[];
  readonly reduction?: Reduction;
  readonly stores: readonly Store[];
}
