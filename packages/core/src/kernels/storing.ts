import type { Store } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { storesByGuard } from '../nest/storesByGuard.ts';
import type { Local } from './assembler/index.ts';
import type { VectorAt, VectorBody } from './expression.ts';
import { type Frame, pushIndex, slotOf } from './frame.ts';
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
  const offset = at.offset(stream);
  if (stream.lane === 'splat') {
    if (at.half !== 0) return;
    f.get(stream.pointer);
    storeLane(0, offset);
  } else if (stream.lane === 'lanes')
    for (const lane of lanes) {
      body.pushLaneAddress(stream, at, lane, true);
      storeLane(lane, offset);
    }
  else if (byte)
    for (const lane of lanes) {
      f.get(stream.pointer);
      storeLane(lane, offset + 4 * at.half + lane);
    }
  else
    f.get(stream.pointer)
      .get(value)
      .store('v128.store', offset + 16 * at.half);
}
