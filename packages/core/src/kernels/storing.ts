import type { Store } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import type { Local } from './assembler/index.ts';
import type { VectorAt, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
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
 * @param halves - 2 for a panel of 8 lanes, 1 for four
 * @param reduced - the reduction's value for each half
 */
export function emitStores(frame: Frame, body: VectorBody, stores: readonly StoreStream[], halves: 1 | 2, at: Omit<VectorAt, 'half'>, reduced: readonly (Local | undefined)[] = []): void {
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

function emitStore(frame: Frame, body: VectorBody, stream: Stream, value: Local | undefined, at: VectorAt): void {
  const { f } = frame;
  if (value === undefined) return;
  if (stream.lane === 'contiguous') f.get(stream.pointer).get(value).store('v128.store', at.offset(stream) + 16 * at.half);
  else if (stream.lane === 'splat') {
    if (at.half === 0) f.get(stream.pointer).get(value).storeLane('v128.store32_lane', at.offset(stream), 0);
  } else
    for (const lane of [0, 1, 2, 3]) {
      body.pushLaneAddress(stream, at, lane, true);
      f.get(value).storeLane('v128.store32_lane', at.offset(stream), lane);
    }
}
