import { panel } from '../compile/layout.ts';
import type { Digit } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
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

/** Epilogues load and store along the tile: next to each other, the same for a row or a column, or transposed. */
export function tileable(frame: Frame, access: Access, { m, n }: TileAxes): boolean {
  const stream = openStream(frame, access, n);
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
 * Goes over a share in tiles, stripe by stripe of columns.
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
  if (split.kind !== 'axis')
    throw new LockstepError('INTERNAL', `kernel ${nest.name} is tiled but not split`);
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

  /** Goes over the share's rows, tile by tile. */
  const rows = (tile: () => void): void => {
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
