import { digitsOffset, panel } from '../compile/layout.ts';
import type { Scalar } from '../nest/scalar.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { dtypeBytes } from '../tensor/dtype.ts';
import type { Local } from './assembler/index.ts';
import { axesUsed, type Frame, pushDimensionOffset, slotOf } from './frame.ts';

/** One way that a kernel goes through a tensor: the loads or stores of one tensor at one index. */
export interface Access {
  readonly tensor: number;
  readonly index: readonly Scalar[];
}

/**
 * How lanes of a vector find their elements: next to each other, all the same one, or each by itself.
 */
export type LaneAccess = 'contiguous' | 'splat' | 'lanes';

/** The steps of an access along the loops of its kernel. */
export interface Stream extends Access {
  readonly lane: LaneAccess;
  /** Bytes from one panel of eight to the next along the vector axis (contiguous only). */
  readonly panelStride: number;
  /** Bytes from one index to the next, for axes along which the address moves in equal steps. */
  readonly strides: ReadonlyMap<number, number>;
  /** Bytes from one unit of the split to the next, when the address moves with the split axis. */
  readonly unitStride: number;
  /** Bytes that constants in the indices move the address by: what is accessed is a part of the tensor. */
  readonly base: number;
  /** Dimensions whose offset is computed when the loops they depend on have been entered. */
  readonly computed: readonly { readonly dimension: number; readonly axes: ReadonlySet<number> }[];
  /** Dimensions that each lane computes for itself. */
  readonly perLane: readonly number[];
  /** The current address; replaced as loops are entered and left. */
  pointer: Local;
  /** Computed dimensions that are part of `pointer` by now. */
  settled: number;
}

/**
 * Works out how an access moves with the loops.
 *
 * @param vector - the axis that vectors run along, if there is one
 * @param slow - axes along which addresses are to be computed afresh, because the loop does not step evenly
 * @param stepped - an axis over whose blocks the kernel's own loops step: the stride is that inside a block
 */
export function openStream(
  frame: Frame,
  access: Access,
  vector: number | undefined,
  slow: ReadonlySet<number> = new Set(),
  stepped?: number,
): Stream {
  const slot = slotOf(frame, access.tensor);
  const bytes = dtypeBytes[slot.tensor.dtype];
  const splitAxis = frame.split.kind === 'axis' ? frame.split.axis : undefined;
  const strides = new Map<number, number>();
  const computed: { dimension: number; axes: ReadonlySet<number> }[] = [];
  const perLane: number[] = [];
  let lane: LaneAccess = 'splat';
  let panelStride = 0;
  let unitStride = 0;
  let base = 0;
  let contiguous = { dimension: -1, base: 0 };
  for (const [dimension, index] of access.index.entries()) {
    const digits = slot.tensor.layout.axes[dimension] ?? [];
    const [low, high] = digits;
    const { axis, by } = shiftedAxis(index) ?? { axis: undefined, by: 0 };
    const used = axesUsed(index);
    const advanced = slot.advance?.dimension === dimension;
    if (vector !== undefined && used.has(vector)) {
      const inPanels = high === undefined || (low?.extent === panel && by % panel === 0);
      const straight = axis === vector && low?.stride === 1 && inPanels;
      const fromStart = vector !== splitAxis || advanced;
      if (straight && fromStart && lane === 'splat') {
        lane = 'contiguous';
        panelStride = (high === undefined ? panel : high.stride) * bytes;
        contiguous = { dimension, base: digitsOffset(digits, by) * bytes };
      } else perLane.push(dimension);
      continue;
    }
    if (index.kind === 'constant') {
      base += digitsOffset(digits, index.value) * bytes;
      continue;
    }
    const even = axis !== undefined && low !== undefined && !slow.has(axis);
    if (even && axis === splitAxis && frame.split.kind === 'axis') {
      const insideUnit = high === undefined || frame.split.unit <= low.extent;
      if (advanced && insideUnit) {
        strides.set(axis, low.stride * bytes);
        unitStride = slot.advance?.bytesPerUnit ?? 0;
        continue;
      }
    } else if (even && axis !== undefined && (high === undefined || (axis === stepped && by === 0))) {
      strides.set(axis, low.stride * bytes);
      base += by * low.stride * bytes;
      continue;
    }
    computed.push({ dimension, axes: used });
  }
  if (perLane.length > 0) {
    // Lanes that find some dimension by themselves find the contiguous one by themselves too.
    if (lane === 'contiguous') perLane.unshift(contiguous.dimension);
    lane = 'lanes';
    panelStride = 0;
  } else base += contiguous.base;
  return {
    ...access,
    lane,
    panelStride,
    strides,
    unitStride,
    base,
    computed,
    perLane,
    pointer: slot.pointer,
    settled: 0,
  };
}

/** Moves of the streams along one loop: bytes for each pass. */
export type Step = (stream: Stream) => number;

/**
 * Runs `body` in a loop along which streams move: pointers step with the loop and stand as before when it is left.
 *
 * @param enter - opens the loop and calls back for its body
 */
export function withSteps(
  frame: Frame,
  streams: readonly Stream[],
  step: Step,
  enter: (body: () => void) => void,
  body: () => void,
): void {
  const { f } = frame;
  const moving = streams.filter((stream) => step(stream) !== 0);
  const before = moving.map((stream) => stream.pointer);
  for (const stream of moving) {
    const own = f.local('i32');
    f.get(stream.pointer).set(own);
    stream.pointer = own;
  }
  const own = moving.map((stream) => stream.pointer);
  enter(() => {
    body();
    for (const [at, stream] of moving.entries()) {
      const pointer = own[at];
      if (pointer !== undefined) f.increment(pointer, step(stream));
    }
  });
  for (const [at, stream] of moving.entries()) {
    const [pointer, old] = [own[at], before[at]];
    if (pointer !== undefined) f.release(pointer);
    if (old !== undefined) stream.pointer = old;
  }
}

/** Adds the offsets of computed dimensions whose axes have all been entered, for the time of `body`. */
export function settle(frame: Frame, streams: readonly Stream[], body: () => void): void {
  const { f } = frame;
  const undo: (() => void)[] = [];
  for (const stream of streams) {
    const ready = stream.computed.slice(stream.settled);
    const known = ready.filter(({ axes }) => [...axes].every((axis) => frame.positions.has(axis)));
    if (known.length === 0 || known.length < ready.length) continue;
    const [pointer, settled] = [stream.pointer, stream.settled];
    const own = f.local('i32');
    f.get(pointer);
    for (const { dimension } of known) {
      const index = stream.index[dimension];
      if (index === undefined) continue;
      pushDimensionOffset(frame, stream.tensor, dimension, index);
      f.op('i32.add');
    }
    f.set(own);
    stream.pointer = own;
    stream.settled = stream.computed.length;
    undo.push(() => {
      f.release(own);
      stream.pointer = pointer;
      stream.settled = settled;
    });
  }
  body();
  for (const restore of undo) restore();
}
