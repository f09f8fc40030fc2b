import { panel, roundUp } from '../compile/layout.ts';
import type { Store } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { storesByGuard } from '../nest/storesByGuard.ts';
import type { Local } from './assembler/index.ts';
import type { VectorAt, VectorBody } from './expression.ts';
import { axesUsed, type Frame, pushAxis, pushIndex, slotOf } from './frame.ts';
import type { Stream } from './stream.ts';

/** A store with its stream. */
export interface StoreStream {
  readonly store: Store;
  readonly stream: Stream;
}

/**
 * Computes the stores' values for one panel and stores them: both halves are computed before either is stored, and the
 * two stores of a pair stand next to each other, which is what V8 needs to make one 256-bit operation of them.
 *
 * Values of guarded stores are computed only where the guard holds.
 *
 * @param halves - 2 for a panel of 8 lanes, 1 for four
 * @param reduced - the reduction's value for each half
 */
export function emitStores(
  frame: Frame,
  body: VectorBody,
  stores: readonly StoreStream[],
  halves: 1 | 2,
  at: Omit<VectorAt, 'half'>,
  reduced: readonly (Local | undefined)[] = [],
): void {
  const groups = storesByGuard(stores, ({ store }) => store.guard);
  for (const { guard, stores: own } of groups) {
    if (guard === undefined) emitGroup(frame, body, own, halves, at, reduced);
    else {
      pushIndex(frame, guard);
      frame.f.ifElse(() => emitGroup(frame, body, own, halves, at, reduced));
    }
  }
}

function emitGroup(
  frame: Frame,
  body: VectorBody,
  stores: readonly StoreStream[],
  halves: 1 | 2,
  at: Omit<VectorAt, 'half'>,
  reduced: readonly (Local | undefined)[],
): void {
  const roots: readonly Scalar[] = stores.map(({ store }) => store.value);
  const low = body.evaluate(roots, { ...at, half: 0 }, reduced[0]);
  const high = halves === 2 ? body.evaluate(roots, { ...at, half: 1 }, reduced[1]) : undefined;
  for (const [place, { stream }] of stores.entries()) {
    emitStore(frame, body, stream, low.values[place], { ...at, half: 0 });
    if (high !== undefined) emitStore(frame, body, stream, high.values[place], { ...at, half: 1 });
  }
  high?.done();
  low.done();
}

function emitStore(
  frame: Frame,
  body: VectorBody,
  stream: Stream,
  value: Local | undefined,
  at: VectorAt,
): void {
  const { f } = frame;
  if (value === undefined) return;
  const byte = slotOf(frame, stream.tensor).tensor.dtype === 'uint8';
  const storeLane = (lane: number, offset: number): void => {
    f.get(value);
    if (byte) f.extractLane('i32x4.extract_lane', lane).store('i32.store8', offset);
    else f.storeLane('v128.store32_lane', offset, lane);
  };
  const lanes = [0, 1, 2, 3] as const;
  const offset = at.offset(stream) + stream.base;
  if (stream.lane === 'splat') {
    if (at.half !== 0) return;
    f.get(stream.pointer);
    storeLane(0, offset);
    return;
  }
  const { vector } = body;
  const size = vector === undefined ? 0 : (frame.nest.axes[vector]?.size ?? 0);
  const ends = vector !== undefined && endsBeforePadding(frame, stream, vector, size);
  const ifInside = (lane: number, then: () => void, otherwise?: () => void): void => {
    if (vector === undefined) return;
    pushAxis(frame, vector, at.panelAhead + 4 * at.half + lane);
    f.i32Const(size).op('i32.lt_s').ifElse(then, otherwise);
  };
  const storeLanes = (oneLane: (lane: number) => void): void => {
    for (const lane of lanes)
      if (ends) ifInside(lane, () => oneLane(lane));
      else oneLane(lane);
  };
  if (stream.lane === 'lanes') {
    storeLanes((lane) => {
      body.pushLaneAddress(stream, at, lane, true);
      storeLane(lane, offset);
    });
    return;
  }
  const width = byte ? 1 : 4;
  const storeNext = (): void =>
    storeLanes((lane) => {
      f.get(stream.pointer);
      storeLane(lane, offset + width * (4 * at.half + lane));
    });
  const storeWhole = (): void => {
    f.get(stream.pointer)
      .get(value)
      .store('v128.store', offset + 16 * at.half);
  };
  if (byte) storeNext();
  else if (ends) ifInside(3, storeWhole, storeNext);
  else storeWhole();
}

/**
 * Whether lanes past the end of the vector axis would fall on other elements of the tensor, or outside it, instead of on padding:
 * where a nest stores a part of a tensor, or the tensor's vectors run along another axis and this one is not padded.
 */
function endsBeforePadding(frame: Frame, { index, tensor }: Stream, vector: number, size: number): boolean {
  if (size % panel === 0) return false;
  const dimension = index.findIndex((entry) => axesUsed(entry).has(vector));
  const part = shiftedAxis(index[dimension]);
  const { shape, layout } = slotOf(frame, tensor).tensor;
  const room = (layout.axes[dimension] ?? []).reduce((product, { extent }) => product * extent, 1);
  const toTheEnd = part !== undefined && part.by % panel === 0 && part.by + size === shape[dimension];
  return !toTheEnd || room < part.by + roundUp(size, panel);
}
