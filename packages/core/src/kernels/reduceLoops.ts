import { chunkTerms, type Reduction } from '../nest/nest.ts';
import type { Local } from './assembler/index.ts';
import type { Frame } from './frame.ts';
import { loopRange } from './loops.ts';
import { type Stream, settle, withSteps } from './stream.ts';
import { isLane, type LaneTree, type Range } from './sumTree.ts';

/** Value that a reduction starts from. */
export function pushIdentity(frame: Frame, kind: Reduction['kind']): void {
  frame.f.f32x4Const(kind === 'sum' ? 0 : kind === 'max' ? -Infinity : Infinity);
}

const combining = { sum: 'f32x4.add', max: 'f32x4.max', min: 'f32x4.min' } as const satisfies Record<
  Reduction['kind'],
  string
>;

/** [accumulator, term] to their combination. */
export function combine(frame: Frame, kind: Reduction['kind']): void {
  frame.f.op(combining[kind]);
}

/** Sets accumulators to the reduction's start. */
export function clear(frame: Frame, kind: Reduction['kind'], accumulators: readonly Local[]): void {
  for (const accumulator of accumulators) {
    pushIdentity(frame, kind);
    frame.f.set(accumulator);
  }
}

/** Has streams stand `offset(stream)` bytes further for the time of `body`. */
export function displaced(
  frame: Frame,
  streams: readonly Stream[],
  offset: (stream: Stream) => number,
  body: () => void,
): void {
  const { f } = frame;
  const moved = streams.filter((stream) => offset(stream) !== 0);
  const before = moved.map((stream) => stream.pointer);
  for (const stream of moved) {
    const own = f.local('i32');
    f.get(stream.pointer).i32Const(offset(stream)).op('i32.add').set(own);
    stream.pointer = own;
  }
  body();
  for (const [at, stream] of moved.entries()) {
    f.release(stream.pointer);
    const old = before[at];
    if (old !== undefined) stream.pointer = old;
  }
}

/**
 * Reduces along `axis` in the order that docs/numerics.md lays down for sums: chains of 512 terms, their sums in order, lanes
 * in a tree. `addTerm` adds the current term to accumulators.
 *
 * @returns accumulators with the result, to be released by the caller
 */
export function reduceTree(
  frame: Frame,
  axis: number,
  tree: LaneTree,
  streams: readonly Stream[],
  kind: Reduction['kind'],
  width: number,
  addTerm: (accumulators: readonly Local[]) => void,
): readonly Local[] {
  const { f } = frame;
  if (!isLane(tree)) {
    const left = reduceTree(frame, axis, tree[0], streams, kind, width, addTerm);
    const right = reduceTree(frame, axis, tree[1], streams, kind, width, addTerm);
    for (const [at, local] of left.entries()) {
      const other = right[at];
      if (other === undefined) continue;
      f.get(local).get(other);
      combine(frame, kind);
      f.set(local);
    }
    f.release(...right);
    return left;
  }
  const accumulators = Array.from({ length: width }, () => f.local('v128'));
  const strideOf = (stream: Stream): number => stream.strides.get(axis) ?? 0;
  displaced(
    frame,
    streams,
    (stream) => strideOf(stream) * tree.start,
    () => {
      if (kind !== 'sum' || tree.end - tree.start <= chunkTerms) {
        clear(frame, kind, accumulators);
        loopRange(frame, axis, tree.start, tree.end, streams, () => addTerm(accumulators));
      } else reduceChunks(frame, axis, tree, streams, accumulators, addTerm);
    },
  );
  return accumulators;
}

function reduceChunks(
  frame: Frame,
  axis: number,
  range: Range,
  streams: readonly Stream[],
  accumulators: readonly Local[],
  addTerm: (accumulators: readonly Local[]) => void,
): void {
  const { f } = frame;
  const totals = accumulators.map(() => f.local('v128'));
  clear(frame, 'sum', totals);
  const addToTotals = (): void => {
    for (const [at, total] of totals.entries()) {
      const chunk = accumulators[at];
      if (chunk !== undefined) f.get(total).get(chunk).op('f32x4.add').set(total);
    }
  };
  const strideOf = (stream: Stream): number => stream.strides.get(axis) ?? 0;
  const whole = range.start + Math.floor((range.end - range.start) / chunkTerms) * chunkTerms;
  const [start, stop] = [f.local('i32'), f.local('i32')];
  withSteps(
    frame,
    streams,
    (stream) => strideOf(stream) * chunkTerms,
    (pass) => f.countedLoop(start, { start: range.start, end: whole, step: chunkTerms }, pass),
    () => {
      clear(frame, 'sum', accumulators);
      f.get(start).i32Const(chunkTerms).op('i32.add').set(stop);
      const position = f.local('i32');
      f.get(start).set(position);
      frame.positions.set(axis, position);
      withSteps(
        frame,
        streams,
        strideOf,
        (pass) => f.countedLoop(position, { end: stop, atLeastOnce: true }, pass),
        () => settle(frame, streams, () => addTerm(accumulators)),
      );
      frame.positions.delete(axis);
      f.release(position);
      addToTotals();
    },
  );
  f.release(start, stop);
  if (whole < range.end) {
    clear(frame, 'sum', accumulators);
    displaced(
      frame,
      streams,
      (stream) => strideOf(stream) * (whole - range.start),
      () => {
        loopRange(frame, axis, whole, range.end, streams, () => addTerm(accumulators));
      },
    );
    addToTotals();
  }
  for (const [at, total] of totals.entries()) {
    const accumulator = accumulators[at];
    if (accumulator !== undefined) f.get(total).set(accumulator);
  }
  f.release(...totals);
}
