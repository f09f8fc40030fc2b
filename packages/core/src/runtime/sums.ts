import { laneBoundaries, laneTree } from '../compile/lanes.ts';
import { chunkTerms, type SumRule } from '../nest/nest.ts';

/** Partial sums of the `row` rule: term i belongs to partial i mod 8. */
export const rowPartials = 8;

/** `sum` plus term `index`, rounded; `sum` itself if the term takes no part. */
export type AddTerm = (sum: number, index: number) => number;

/** How the mini-batch is cut. */
export interface BatchCut {
  readonly batchSize: number;
  readonly lanes: number;
}

/**
 * Every sum the engine makes, in the order that defines its bits (docs/numerics.md). Sums start at +0, so none is ever -0.
 *
 * @param round - to the precision of a sum (`Math.fround`, or nothing)
 */
export interface SumArithmetic {
  readonly addTerm: AddTerm;
  readonly round: (x: number) => number;
}

/** Terms `from`, `from + stride`, ... below `to`, in chunks of 512; the chunk sums in order. */
function orderedSum(from: number, to: number, stride: number, { addTerm, round }: SumArithmetic): number {
  let total = 0;
  for (let chunk = from; chunk < to; chunk += chunkTerms * stride) {
    const end = Math.min(to, chunk + chunkTerms * stride);
    let sum = 0;
    for (let index = chunk; index < end; index += stride) sum = addTerm(sum, index);
    total = round(total + sum);
  }
  return total;
}

function rowSum(count: number, arithmetic: SumArithmetic): number {
  const { round } = arithmetic;
  const partial = (k: number): number => orderedSum(k, count, rowPartials, arithmetic);
  const pair = (k: number): number => round(partial(k) + partial(k + 4));
  const even = round(pair(0) + pair(2));
  const odd = round(pair(1) + pair(3));
  return round(even + odd);
}

/** The terms of one lane alone. */
function laneSum(
  count: number,
  { batchSize, lanes }: BatchCut,
  lane: number,
  arithmetic: SumArithmetic,
): number {
  const termsPerRow = count / batchSize;
  const boundaries = laneBoundaries(batchSize, lanes);
  return orderedSum(
    (boundaries[lane] ?? 0) * termsPerRow,
    (boundaries[lane + 1] ?? 0) * termsPerRow,
    1,
    arithmetic,
  );
}

/** `count` is a multiple of the batch size: each row of the batch has count / batchSize terms. */
function batchSum(count: number, cut: BatchCut, arithmetic: SumArithmetic): number {
  const sums = Float64Array.from({ length: cut.lanes }, (_, lane) => laneSum(count, cut, lane, arithmetic));
  for (const { into, from } of laneTree(cut.lanes))
    sums[into] = arithmetic.round((sums[into] ?? 0) + (sums[from] ?? 0));
  return sums[0] ?? 0;
}

/**
 * The sum of terms 0 to `count` - 1 by a rule.
 *
 * @param lane - of a sum over the mini-batch: only this lane's terms
 */
export function sumByRule(
  rule: SumRule,
  count: number,
  cut: BatchCut,
  arithmetic: SumArithmetic,
  lane?: number,
): number {
  if (lane !== undefined) return laneSum(count, cut, lane, arithmetic);
  switch (rule) {
    case 'ordered':
      return orderedSum(0, count, 1, arithmetic);
    case 'row':
      return rowSum(count, arithmetic);
    case 'batch':
      return batchSum(count, cut, arithmetic);
    default:
      return rule satisfies never;
  }
}

/**
 * The `ordered` sums of terms 0 to i, for every i below `count`, one after another.
 *
 * @param visit - gets each of them, as soon as its last term has been added
 */
export function runningSums(
  count: number,
  { addTerm, round }: SumArithmetic,
  visit: (sum: number) => void,
): void {
  let total = 0;
  let chunk = 0;
  for (let index = 0; index < count; index++) {
    if (index % chunkTerms === 0) {
      total = round(total + chunk);
      chunk = 0;
    }
    chunk = addTerm(chunk, index);
    visit(round(total + chunk));
  }
}
