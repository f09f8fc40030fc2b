import { parallelAxes } from '../nest/analysis.ts';
import { accessesOf, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
import { lanesPerPass, loopNest } from './loops.ts';
import { emitStores } from './storing.ts';
import { type Access, openStream } from './stream.ts';

/** Emits a nest without reduction: every point by itself, eight lanes at a time. */
export function emitMap(frame: Frame, vector: number | undefined): void {
  const { nest } = frame;
  const roots = nest.stores.map((store) => store.value);
  const loads = new Map(accessesOf(roots).map((access) => [access, openStream(frame, access, vector)]));
  const stores = nest.stores.map((store) => ({ store, stream: openStream(frame, store, vector) }));
  const streams = [...loads.values(), ...stores.map(({ stream }) => stream)];
  const others = parallelAxes(nest).filter((axis) => axis !== vector);
  const body = new VectorBody(frame, loads satisfies ReadonlyMap<Access, unknown>, vector, roots);
  const halves = vector === undefined || lanesPerPass(frame, vector) === 4 ? 1 : 2;
  loopNest(frame, others, vector, streams, stores[0]?.stream, () => {
    emitStores(frame, body, stores, halves, { panelAhead: 0, offset: () => 0 });
  });
}
