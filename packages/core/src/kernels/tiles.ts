import { panel } from '../compile/layout.ts';
import type { Digit } from '../compile/program.ts';
import { plainAxis } from '../nest/analysis.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { type Frame, slotOf } from './frame.ts';
import { displaced } from './reduceLoops.ts';
import { type Access, openStream, type Stream, withSteps } from './stream.ts';

/** Rows of a tile: with two panels of eight columns it fills the registers that 256-bit pairs leave. */
export const tileRows = 4;
export const floatBytes = 4;

/** The two axes that tiles cover: rows along m (the split axis), vectors along n. */
export interface TileAxes {
  readonly m: number;
  readonly n: number;
}

/** How the index along an axis of the nest is laid out in the tensor of an access. */
export function digitsOf(frame: Frame, access: Access, axis: number): readonly Digit[] {
  const dimension = access.index.findIndex((index) => plainAxis(index) === axis);
  return slotOf(frame, access.tensor).tensor.layout.axes[dimension] ?? [];
}

/** Opens an access of a kernel that goes over rows in tiles. Where they are not shared out, its loops step over their blocks. */
export function openTileStream(frame: Frame, access: Access, { m, n }: TileAxes): Stream {
  const shared = frame.split.kind === 'axis' && frame.split.axis === m;
  return openStream(frame, access, n, new Set(), shared ? undefined : m);
}

/** Epilogues load and store along the tile: next to each other, the same for a row or a column, or transposed. */
export function tileable(frame: Frame, access: Access, { m, n }: TileAxes): boolean {
  const stream = openTileStream(frame, access, { m, n });
  const [low] = digitsOf(frame, access, m);
  const even = !access.index.some((index) => shiftedAxis(index)?.axis === m) || stream.strides.has(m);
  if (stream.lane === 'lanes') return isTransposed(frame, access, { m, n });
  return (
    even &&
    stream.computed.length === 0 &&
    (low === undefined || low.extent % tileRows === 0 || digitsOf(frame, access, m).length === 1)
  );
}

/** A tensor whose vectors run along the tile's rows: stored as 4 x 4 blocks turned round. */
export function isTransposed(frame: Frame, access: Access, { m, n }: TileAxes): boolean {
  const [rows, columns] = [digitsOf(frame, access, m), digitsOf(frame, access, n)];
  return (
    access.index.length === 2 && rows[0]?.stride === 1 && rows[0].extent === panel && columns.length === 1
  );
}

/** Bytes from one panel of columns to the next. */
function columnBytes(frame: Frame, stream: Stream, { m, n }: TileAxes): number {
  if (stream.lane !== 'lanes') return stream.panelStride;
  const [low] = digitsOf(frame, stream, n);
  return isTransposed(frame, stream, { m, n }) ? (low?.stride ?? 0) * panel * floatBytes : 0;
}

/** Bytes from one row of the tile to the next. */
function tileRowBytes(frame: Frame, stream: Stream, { m, n }: TileAxes): number {
  const own = stream.strides.get(m);
  if (own !== undefined) return own;
  return stream.lane === 'lanes' && isTransposed(frame, stream, { m, n }) ? floatBytes : 0;
}

function transposedUnitBytes(frame: Frame, stream: Stream, { m, n }: TileAxes): number {
  if (stream.lane !== 'lanes' || !isTransposed(frame, stream, { m, n })) return 0;
  return slotOf(frame, stream.tensor).advance?.bytesPerUnit ?? 0;
}

/**
 * Goes over the rows of a share, or all rows where another axis is shared out, in tiles, stripe by stripe of columns.
 *
 * @param across - panels that a stripe is wide, but for the last one of an odd number
 * @param stripe - emits one stripe, one or two panels wide; `rows` goes over the share's tiles and may be called several times
 */
export function loopTiles(
  frame: Frame,
  axes: TileAxes,
  streams: readonly Stream[],
  across: 1 | 2,
  stripe: (width: 1 | 2, rows: (tile: () => void) => void) => void,
): void {
  const { f, nest, split } = frame;
  const { m, n } = axes;
  const panels = Math.ceil((nest.axes[n]?.size ?? 0) / panel);
  const column = f.local('i32');
  frame.positions.set(n, column);

  const columns = (from: number, to: number, width: 1 | 2): void => {
    if (from >= to) return;
    const bytes = (stream: Stream): number => columnBytes(frame, stream, axes);
    displaced(
      frame,
      streams,
      (stream) => from * bytes(stream),
      () => {
        withSteps(
          frame,
          streams,
          (stream) => width * bytes(stream),
          (pass) =>
            f.countedLoop(column, { start: from * panel, end: to * panel, step: width * panel }, pass),
          () => stripe(width, rows),
        );
      },
    );
  };

  /** Goes over the rows, tile by tile. */
  const rows = (tile: () => void): void => {
    if (split.kind !== 'axis' || split.axis !== m) {
      loopAllRows(frame, axes, streams, tile);
      return;
    }
    const row = f.local('i32');
    const stop = f.local('i32');
    frame.positions.set(m, row);
    f.i32Const(0).set(row);
    const tiles = (): void => {
      f.get(row).i32Const(split.unit).op('i32.add').set(stop);
      withSteps(
        frame,
        streams,
        (stream) => tileRows * tileRowBytes(frame, stream, axes),
        (pass) => f.countedLoop(row, { end: stop, step: tileRows, atLeastOnce: true }, pass),
        tile,
      );
    };
    if (frame.mostUnits === 1) tiles();
    else {
      const unit = f.local('i32');
      withSteps(
        frame,
        streams,
        (stream) => stream.unitStride || transposedUnitBytes(frame, stream, axes),
        (pass) => f.countedLoop(unit, { start: 0, end: frame.count }, pass),
        tiles,
      );
      f.release(unit);
    }
    frame.positions.delete(m);
    f.release(row, stop);
  };

  const paired = across === 2 ? panels - (panels % 2) : 0;
  columns(0, paired, 2);
  columns(paired, panels, 1);
  frame.positions.delete(n);
  f.release(column);
}

/** Rows that lie in one block of a stream's tensor; undefined where all of them are evenly apart. */
export function rowBlock(frame: Frame, access: Access, { m }: TileAxes): number | undefined {
  const [low, high] = digitsOf(frame, access, m);
  return high === undefined ? undefined : low?.extent;
}

/**
 * Goes over all rows, tile by tile; blocks of rows are stepped over where some tensor has them. If the rows are no whole number of
 * tiles, the last tile covers some a second time: the same sums, stored once more.
 */
function loopAllRows(frame: Frame, axes: TileAxes, streams: readonly Stream[], tile: () => void): void {
  const { f, nest } = frame;
  const size = nest.axes[axes.m]?.size ?? 0;
  const block =
    streams.map((stream) => rowBlock(frame, stream, axes)).find((rows) => rows !== undefined) ?? tileRows;
  const rowBytes = (stream: Stream): number => tileRowBytes(frame, stream, axes);
  const blockBytes = (stream: Stream): number => {
    const [, high] = digitsOf(frame, stream, axes.m);
    return high === undefined ? block * rowBytes(stream) : high.stride * floatBytes;
  };
  const row = f.local('i32');
  frame.positions.set(axes.m, row);
  f.i32Const(0).set(row);
  const tiles = (count: number): void => {
    if (count === 1) {
      tile();
      f.increment(row, tileRows);
    } else if (count > 1) {
      const counter = f.local('i32');
      withSteps(
        frame,
        streams,
        (stream) => tileRows * rowBytes(stream),
        (pass) => f.countedLoop(counter, { start: 0, end: count }, pass),
        () => {
          tile();
          f.increment(row, tileRows);
        },
      );
      f.release(counter);
    }
  };
  const blocks = Math.floor(size / block);
  const counter = f.local('i32');
  withSteps(
    frame,
    streams,
    blockBytes,
    (pass) => f.countedLoop(counter, { start: 0, end: blocks }, pass),
    () => tiles(block / tileRows),
  );
  f.release(counter);
  const rest = size - blocks * block;
  displaced(
    frame,
    streams,
    (stream) => blocks * blockBytes(stream),
    () => tiles(Math.floor(rest / tileRows)),
  );
  if (rest % tileRows !== 0) {
    f.i32Const(size - tileRows).set(row);
    displaced(frame, streams, (stream) => (size - tileRows) * rowBytes(stream), tile);
  }
  frame.positions.delete(axes.m);
  f.release(row);
}
