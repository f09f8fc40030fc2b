import { parallelAxes } from '../nest/analysis.ts';
import { walk } from '../nest/scalar.ts';
import { accessesOf, VectorBody } from './expression.ts';
import { type Frame, isGuarded } from './frame.ts';
import { lanesPerPass, loopNest } from './loops.ts';
import { emitGatheredRows, gathersRows } from './rowGather.ts';
import { emitStores } from './storing.ts';
import { type Access, openStream, type Stream } from './stream.ts';
import { emitEpilogue } from './tileEpilogue.ts';
import { isTransposed, loopTiles, type TileAxes, tileable, tileRows } from './tiles.ts';

/**
 * Most expressions of a map that is worth tiles. A tile writes them out 16 times: beside a longer map, such as random initial
 * values, the stores that tiles save are nothing, and most of the time of compiling a small network went into its initial
 * weights.
 */
const mostTiled = 64;

/**
 * Whether a map has to store a tensor whose vectors run along its rows, and can do so in 4 x 4 blocks. Without tiles each
 * lane is stored by itself.
 */
function turnsTiles(frame: Frame, axes: TileAxes): boolean {
  const { nest, split } = frame;
  if (split.kind !== 'axis' || split.axis !== axes.m || split.unit % tileRows !== 0) return false;
  const values = nest.stores.map((store) => store.value);
  let expressions = 0;
  walk(values, () => {
    expressions += 1;
  });
  if (expressions > mostTiled) return false;
  const loads = accessesOf(values);
  if (![...loads, ...nest.stores].every((access) => tileable(frame, access, axes))) return false;
  return (
    nest.stores.some((store) => isTransposed(frame, store, axes)) &&
    !loads.some((load) => isTransposed(frame, load, axes))
  );
}

function emitTiledMap(frame: Frame, axes: TileAxes): void {
  const { nest } = frame;
  const open = (access: Access): Stream => openStream(frame, access, axes.n);
  const loads = new Map(
    accessesOf(nest.stores.map((store) => store.value)).map((access) => [access, open(access)]),
  );
  const stores = nest.stores.map((store) => ({ store, stream: open(store) }));
  const streams = [...loads.values(), ...stores.map(({ stream }) => stream)];
  loopTiles(frame, axes, streams, frame.wide ? 2 : 1, (width, rows) =>
    rows(() => emitEpilogue({ frame, axes, loads, stores, width })),
  );
}

/** Emits a nest without reduction: every point by itself, eight lanes at a time. */
export function emitMap(frame: Frame, vector: number | undefined): void {
  const { nest } = frame;
  const [m] = parallelAxes(nest).filter((axis) => axis !== vector);
  if (vector !== undefined && m !== undefined && nest.axes.length === 2 && !isGuarded(frame)) {
    const axes: TileAxes = { m, n: vector };
    if (turnsTiles(frame, axes)) {
      emitTiledMap(frame, axes);
      return;
    }
    if (gathersRows(frame, axes)) {
      emitGatheredRows(frame, axes);
      return;
    }
  }
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
