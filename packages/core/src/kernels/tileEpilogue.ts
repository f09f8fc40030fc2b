import { panel } from '../compile/layout.ts';
import { plainAxis } from '../nest/analysis.ts';
import type { Local } from './assembler/index.ts';
import { VectorBody } from './expression.ts';
import { type Frame, slotOf } from './frame.ts';
import { emitStores, type StoreStream } from './storing.ts';
import type { Access, Stream } from './stream.ts';
import { type TileAxes, tileRows } from './tiles.ts';

/** What happens to a finished tile. */
export interface Epilogue {
  readonly frame: Frame;
  readonly axes: TileAxes;
  readonly loads: ReadonlyMap<Access, Stream>;
  readonly stores: readonly StoreStream[];
  /** Panels that the tile is wide. */
  readonly width: 1 | 2;
}

/**
 * Evaluates the stores of a tile, row by row and panel by panel, then the copies that are stored the other way round.
 *
 * @param accumulators - the reduction's values, for each row two vectors a panel; none for a map
 */
export function emitEpilogue(epilogue: Epilogue, accumulators: readonly (readonly Local[])[] = []): void {
  const { frame, axes, loads, stores, width } = epilogue;
  const { m, n } = axes;
  const straight = stores.filter(({ stream }) => stream.lane !== 'lanes');
  const turned = stores.filter(({ stream }) => stream.lane === 'lanes');
  const body = new VectorBody(
    frame,
    loads,
    n,
    straight.map(({ store }) => store.value),
  );
  for (let row = 0; row < tileRows; row += 1)
    for (let across = 0; across < width; across += 1) {
      const at = {
        panelAhead: across * panel,
        ahead: new Map([[m, row]]),
        offset: (stream: Stream) => row * (stream.strides.get(m) ?? 0) + across * stream.panelStride,
      };
      emitStores(frame, body, straight, 2, at, [
        accumulators[row]?.[2 * across],
        accumulators[row]?.[2 * across + 1],
      ]);
    }
  for (const { store, stream } of turned) {
    const source = straight.find(
      (other) => other.store.value === store.value && other.stream.lane === 'contiguous',
    );
    if (source !== undefined) emitTurned(epilogue, source.stream, stream);
  }
}

/** Bytes of a shuffle that takes 32-bit lanes out of two vectors. */
const lanes = (...picks: readonly [number, number, number, number]): number[] =>
  picks.flatMap((pick) => [0, 1, 2, 3].map((byte) => 4 * pick + byte));

/**
 * Copies the tile to a tensor whose vectors run along the tile's rows: 4 x 4 blocks are read back from where they were just
 * stored (still in the first-level cache) and turned round. Using the registers instead would mix 128- and 256-bit uses of
 * one value, which stops V8 from pairing the whole kernel.
 */
function emitTurned({ frame, axes, width }: Epilogue, source: Stream, target: Stream): void {
  const { f } = frame;
  const dimension = target.index.findIndex((index) => plainAxis(index) === axes.n);
  const columnBytes = (slotOf(frame, target.tensor).tensor.layout.axes[dimension]?.[0]?.stride ?? 0) * 4;
  const rowBytes = source.strides.get(axes.m) ?? 0;
  const rows = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')] as const;
  const halves = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')] as const;
  for (let quarter = 0; quarter < 2 * width; quarter += 1) {
    const from = (quarter >> 1) * source.panelStride + (quarter & 1) * 16;
    for (const [row, local] of rows.entries())
      f.get(source.pointer)
        .load('v128.load', source.base + row * rowBytes + from)
        .set(local);
    f.get(rows[0])
      .get(rows[1])
      .shuffle(lanes(0, 4, 1, 5))
      .set(halves[0]);
    f.get(rows[0])
      .get(rows[1])
      .shuffle(lanes(2, 6, 3, 7))
      .set(halves[1]);
    f.get(rows[2])
      .get(rows[3])
      .shuffle(lanes(0, 4, 1, 5))
      .set(halves[2]);
    f.get(rows[2])
      .get(rows[3])
      .shuffle(lanes(2, 6, 3, 7))
      .set(halves[3]);
    for (const column of [0, 1, 2, 3]) {
      const [low, high] = column < 2 ? [halves[0], halves[2]] : [halves[1], halves[3]];
      const picks = column % 2 === 0 ? lanes(0, 1, 4, 5) : lanes(2, 3, 6, 7);
      f.get(target.pointer)
        .get(low)
        .get(high)
        .shuffle(picks)
        .store('v128.store', (quarter * 4 + column) * columnBytes);
    }
  }
  f.release(...rows, ...halves);
}
