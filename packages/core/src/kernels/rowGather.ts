import type { Local } from './assembler/index.ts';
import { accessesOf, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
import { loopAxis, loopVector } from './loops.ts';
import { emitStores } from './storing.ts';
import { type Access, openStream, type Stream, settle } from './stream.ts';
import { type TileAxes, tileRows } from './tiles.ts';

/**
 * Whether a map reads rows from places that it looks up, along whole vectors, and stores them evenly: a mini-batch that is
 * gathered from a data set.
 */
export function gathersRows(frame: Frame, { m, n }: TileAxes): boolean {
  const { nest, split } = frame;
  const size = nest.axes[m]?.size ?? 0;
  if (split.kind !== 'axis' || split.axis !== m || split.unit % tileRows !== 0 || size % tileRows !== 0)
    return false;
  const loads = accessesOf(nest.stores.map(({ value }) => value)).map((load) => openStream(frame, load, n));
  const stores = nest.stores.map((store) => openStream(frame, store, n));
  return (
    loads.some(({ computed }) => computed.length > 0) &&
    loads.every(({ lane }) => lane !== 'lanes') &&
    stores.every(
      ({ lane, computed, strides }) => lane === 'contiguous' && computed.length === 0 && strides.has(m),
    )
  );
}

/**
 * Emits a map that gathers rows, four of them side by side. In a row of activations, panel follows panel at the size of a whole
 * block of rows: of 32 rows that is 1024 bytes, which leaves a first-level cache four sets to keep the row's lines in, and
 * each line has two rows. Row by row, every line would be fetched and written back twice.
 */
export function emitGatheredRows(frame: Frame, { m, n }: TileAxes): void {
  const { f, nest, positions } = frame;
  const roots = nest.stores.map(({ value }) => value);
  const accesses = accessesOf(roots);
  const open = (access: Access): Stream => openStream(frame, access, n);
  const stores = nest.stores.map((store) => ({ store, stream: open(store) }));
  const evenLoads = new Map(
    accesses
      .map((access) => [access, open(access)] as const)
      .filter(([, { computed }]) => computed.length === 0),
  );
  const even = [...evenLoads.values(), ...stores.map(({ stream }) => stream)];
  const rows = Array.from({ length: tileRows }, (_, ahead) => {
    const loads = new Map(accesses.map((access) => [access, evenLoads.get(access) ?? open(access)]));
    const own = [...loads.values()].filter(({ computed }) => computed.length > 0);
    return { ahead, own, body: new VectorBody(frame, loads, n, roots), position: f.local('i32') };
  });

  const panels = (): void =>
    loopVector(frame, n, [...even, ...rows.flatMap(({ own }) => own)], () => {
      for (const { ahead, body, position } of rows) {
        positions.set(m, position);
        const offset = ({ strides }: Stream): number => ahead * (strides.get(m) ?? 0);
        emitStores(frame, body, stores, 2, { panelAhead: 0, offset });
      }
    });
  const settleRows = (at: number): void => {
    const row = rows[at];
    if (row === undefined) {
      panels();
      return;
    }
    positions.set(m, row.position);
    settle(frame, row.own, () => settleRows(at + 1));
  };
  loopAxis(
    frame,
    m,
    even,
    () => {
      const first = positions.get(m);
      if (first === undefined) return;
      for (const { ahead, position } of rows) f.get(first).i32Const(ahead).op('i32.add').set(position);
      settleRows(0);
      positions.set(m, first);
    },
    tileRows,
  );
  f.release(...rows.map(({ position }): Local => position));
}
