import { type Chain, chunkTerms, type Reduction } from '../nest/nest.ts';
import type { Local } from './assembler/index.ts';
import { type Frame, pushIndex } from './frame.ts';
import { clear } from './reduceLoops.ts';
import { type Stream, settle } from './stream.ts';
import { isLane, type LaneTree, type Range } from './sumTree.ts';

interface ChainSum {
  readonly frame: Frame;
  readonly axis: number;
  readonly chain: Chain;
  readonly streams: readonly Stream[];
  /** Index of the current term. */
  readonly cursor: Local;
  readonly width: number;
  /** Adds the current term to accumulators. */
  addTerm(accumulators: readonly Local[]): void;
}

/**
 * Sums the terms of a chain in the order that docs/numerics.md lays down. The terms that are not on it would add +0 to sums
 * that are never -0, so leaving them out, and chunks and lanes that have none, changes no bit.
 *
 * @param streams - the term's; their addresses along the reduced axis are computed for each term
 * @returns accumulators with the sum, to be released by the caller
 */
export function reduceChain(
  frame: Frame,
  { axis }: Reduction,
  chain: Chain,
  tree: LaneTree,
  streams: readonly Stream[],
  width: number,
  addTerm: (accumulators: readonly Local[]) => void,
): readonly Local[] {
  const { f } = frame;
  const size = frame.nest.axes[axis]?.size ?? 0;
  const result = Array.from({ length: width }, () => f.local('v128'));
  const [cursor, next] = [f.local('i32'), f.local('i32')];
  const sum: ChainSum = { frame, axis, chain, streams, cursor, width, addTerm };
  pushIndex(frame, chain.start);
  f.set(cursor);
  frame.positions.set(axis, cursor);
  // Most chains have a single term: it needs no chunks and no lanes.
  f.get(cursor).i32Const(size).op('i32.lt_u');
  f.ifElse(
    () => {
      pushIndex(frame, chain.next);
      f.tee(next).i32Const(size).op('i32.lt_u');
    },
    () => f.i32Const(1),
    'i32',
  );
  f.ifElse(
    () => {
      const total = sumTree(sum, tree);
      for (const [at, local] of total.entries()) {
        const to = result[at];
        if (to !== undefined) f.get(local).set(to);
      }
      f.release(...total);
    },
    () => {
      clear(frame, 'sum', result);
      settle(frame, streams, () => addTerm(result));
    },
  );
  frame.positions.delete(axis);
  f.release(cursor, next);
  return result;
}

function sumTree(sum: ChainSum, tree: LaneTree): readonly Local[] {
  const { frame, width } = sum;
  const { f } = frame;
  if (isLane(tree)) {
    const total = Array.from({ length: width }, () => f.local('v128'));
    clear(frame, 'sum', total);
    sumLane(sum, tree, total);
    return total;
  }
  const left = sumTree(sum, tree[0]);
  const right = sumTree(sum, tree[1]);
  addAll(frame, left, right);
  f.release(...right);
  return left;
}

function addAll({ f }: Frame, totals: readonly Local[], addends: readonly Local[]): void {
  for (const [at, total] of totals.entries()) {
    const addend = addends[at];
    if (addend !== undefined) f.get(total).get(addend).op('f32x4.add').set(total);
  }
}

/** One lane: chunks of 512 terms, counted whether they are on the chain or not. */
function sumLane(sum: ChainSum, { start, end }: Range, total: readonly Local[]): void {
  const { f } = sum.frame;
  if (end - start <= chunkTerms) {
    sumUpTo(sum, end, total);
    return;
  }
  const stop = f.local('i32');
  const chunk = total.map(() => f.local('v128'));
  const whole = start + Math.floor((end - start) / chunkTerms) * chunkTerms;
  f.countedLoop(stop, { start: start + chunkTerms, end: whole + 1, step: chunkTerms }, () => {
    clear(sum.frame, 'sum', chunk);
    sumUpTo(sum, stop, chunk);
    addAll(sum.frame, total, chunk);
  });
  if (whole < end) {
    clear(sum.frame, 'sum', chunk);
    sumUpTo(sum, end, chunk);
    addAll(sum.frame, total, chunk);
  }
  f.release(stop, ...chunk);
}

/** Adds the terms from the cursor on that are below an index. */
function sumUpTo(
  { frame, chain, streams, cursor, addTerm }: ChainSum,
  end: Local | number,
  total: readonly Local[],
): void {
  const { f } = frame;
  f.block((done) => {
    f.loop((again) => {
      f.get(cursor);
      if (typeof end === 'number') f.i32Const(end);
      else f.get(end);
      f.op('i32.ge_u').brIf(done);
      settle(frame, streams, () => addTerm(total));
      pushIndex(frame, chain.next);
      f.set(cursor).br(again);
    });
  });
}
