import type { Local } from './assembler/index.ts';
import { axesUsed, type Frame, pushIndex } from './frame.ts';
import { type Stream, settle, withSteps } from './stream.ts';

/**
 * Runs `body` for every index of an axis that vectors do not run along; the split axis covers the share's units.
 *
 * @param step - indices that `body` does at once; along the split axis, and only if it divides its units and its size
 */
export function loopAxis(
  frame: Frame,
  axis: number,
  streams: readonly Stream[],
  body: () => void,
  step = 1,
): void {
  if (frame.split.kind === 'axis' && frame.split.axis === axis) {
    loopShare(frame, axis, { unit: frame.split.unit, step }, streams, body);
    return;
  }
  loopRange(frame, axis, 0, frame.nest.axes[axis]?.size ?? 0, streams, body);
}

/** Runs `body` for indices from `start` to `end` of an axis; streams already stand at `start`. */
export function loopRange(
  frame: Frame,
  axis: number,
  start: number,
  end: number,
  streams: readonly Stream[],
  body: () => void,
): void {
  const { f } = frame;
  const position = f.local('i32');
  frame.positions.set(axis, position);
  withSteps(
    frame,
    streams,
    (stream) => stream.strides.get(axis) ?? 0,
    (pass) => f.countedLoop(position, { start, end }, pass),
    () => settle(frame, streams, body),
  );
  frame.positions.delete(axis);
  f.release(position);
}

function loopShare(
  frame: Frame,
  axis: number,
  { unit, step }: { readonly unit: number; readonly step: number },
  streams: readonly Stream[],
  body: () => void,
): void {
  const { f } = frame;
  const position = f.local('i32');
  const inUnit = (stop: Local | number): void =>
    withSteps(
      frame,
      streams,
      (stream) => step * (stream.strides.get(axis) ?? 0),
      (pass) => f.countedLoop(position, { end: stop, step, atLeastOnce: true }, pass),
      () => settle(frame, streams, body),
    );
  frame.positions.set(axis, position);
  const size = frame.nest.axes[axis]?.size ?? 0;
  const stop = f.local('i32');
  // The last unit may be a part: the loop ends where the axis does.
  const setStop = (): void => {
    f.get(position).i32Const(unit).op('i32.add').set(stop);
    if (size % unit === 0) return;
    const rest = f.local('i32');
    f.i32Const(size).get(frame.first).op('i32.sub').set(rest);
    f.get(stop).get(rest).get(stop).get(rest).op('i32.lt_u').select().set(stop);
    f.release(rest);
  };
  f.i32Const(0).set(position);
  if (frame.mostUnits === 1) {
    setStop();
    inUnit(stop);
  } else {
    const done = f.local('i32');
    withSteps(
      frame,
      streams,
      (stream) => stream.unitStride,
      (pass) => f.countedLoop(done, { start: 0, end: frame.count }, pass),
      () => {
        setStop();
        inUnit(stop);
      },
    );
    f.release(done);
  }
  frame.positions.delete(axis);
  f.release(position, stop);
}

/** Lanes that a pass along the vector axis covers: a panel of 8, or 4 where units are no whole panels. */
export function lanesPerPass(frame: Frame, vector: number): 8 | 4 {
  const { split } = frame;
  return split.kind === 'axis' && split.axis === vector && split.unit % 8 !== 0 ? 4 : 8;
}

/** Runs `body` for every panel of the vector axis; along the split axis, of the share. */
export function loopVector(frame: Frame, vector: number, streams: readonly Stream[], body: () => void): void {
  const { f } = frame;
  const { split } = frame;
  const size = frame.nest.axes[vector]?.size ?? 0;
  const width = lanesPerPass(frame, vector);
  const position = f.local('i32');
  let end: Local | number = size;
  if (split.kind === 'axis' && split.axis === vector) {
    const [own, rest] = [f.local('i32'), f.local('i32')];
    f.get(frame.count).i32Const(split.unit).op('i32.mul').set(own);
    f.i32Const(size).get(frame.first).op('i32.sub').set(rest);
    f.get(own).get(rest).get(own).get(rest).op('i32.lt_u').select().set(own);
    f.release(rest);
    end = own;
  }
  frame.positions.set(vector, position);
  withSteps(
    frame,
    streams,
    (stream) => (stream.lane === 'contiguous' ? (stream.panelStride * width) / 8 : 0),
    (pass) => f.countedLoop(position, { start: 0, end, step: width }, pass),
    () => settle(frame, streams, body),
  );
  frame.positions.delete(vector);
  f.release(position);
  if (typeof end !== 'number') f.release(end);
}

/**
 * Order of the loops over the axes other than `vector`, outermost first: those with long strides outside. Whether the vector
 * loop goes inside all of them, because some address is computed for each row, or outside the innermost.
 */
export function loopOrder(
  frame: Frame,
  axes: readonly number[],
  vector: number | undefined,
  streams: readonly Stream[],
  out: Stream | undefined,
): { axes: readonly number[]; vectorInside: boolean } {
  const strideOf = (axis: number): number => {
    const own = out?.strides.get(axis) ?? 0;
    return frame.split.kind === 'axis' && frame.split.axis === axis ? Math.max(own, 1) : own;
  };
  const sorted = [...axes].sort((a, b) => strideOf(b) - strideOf(a));
  const vectorInside =
    streams.some((stream) => stream.computed.length > 0) ||
    (vector !== undefined && frame.split.kind === 'axis' && frame.split.axis === vector);
  return { axes: sorted, vectorInside };
}

/**
 * Opens the loops over `axes` and, if there is one, the vector axis, and runs `body` inside all of them, where the frame's
 * guard holds.
 */
export function loopNest(
  frame: Frame,
  axes: readonly number[],
  vector: number | undefined,
  streams: readonly Stream[],
  out: Stream | undefined,
  body: () => void,
): void {
  const order = loopOrder(frame, axes, vector, streams, out);
  const inner = order.axes.length - 1;
  const { guard } = frame;
  const guardAxes = guard === undefined ? [] : [...axesUsed(guard)];
  const open = (at: number, guarded = guard === undefined): void => {
    // As far outside as it can be decided.
    if (guard !== undefined && !guarded && guardAxes.every((axis) => frame.positions.has(axis))) {
      pushIndex(frame, guard);
      frame.f.ifElse(() => open(at, true));
      return;
    }
    const axis = order.axes[at];
    const here = (): void => {
      if (axis === undefined) body();
      else loopAxis(frame, axis, streams, () => open(at + 1, guarded));
    };
    const vectorHere =
      vector !== undefined && at === (order.vectorInside ? order.axes.length : Math.max(0, inner));
    if (vectorHere && vector !== undefined) loopVector(frame, vector, streams, here);
    else here();
  };
  settle(frame, streams, () => open(0));
}
