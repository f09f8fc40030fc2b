/** A point of a training's curve. */
export interface CurvePoint {
  /** Of training steps, since the start. */
  readonly seconds: number;
  readonly loss: number;
}

/**
 * When a curve first goes down to a loss: between two points, as if it went straight. Infinity if it never does.
 *
 * A curve whose first point is there already gives the time of that point: what was before is not known.
 */
export function timeToLoss(curve: readonly CurvePoint[], loss: number): number {
  const at = curve.findIndex((point) => point.loss <= loss);
  const [before, after] = [curve[at - 1], curve[at]];
  if (after === undefined) return Number.POSITIVE_INFINITY;
  if (before === undefined) return after.seconds;
  const part = (before.loss - loss) / (before.loss - after.loss);
  return before.seconds + part * (after.seconds - before.seconds);
}

/** The loss that is to be reached: that of the curve after this part of its points. */
export function lossAfter(curve: readonly CurvePoint[], part: number): number {
  return curve[Math.round(part * curve.length) - 1]?.loss ?? Number.NaN;
}
