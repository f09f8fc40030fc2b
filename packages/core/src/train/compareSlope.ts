/** What a comparison of a gradient with slopes says: they agree, there is no one slope here, they do not agree. */
export type GradientVerdict = 'right' | 'kink' | 'wrong';

/** A gradient along one direction beside the slope of the loss. */
export interface SlopeComparison {
  /** Gradient times direction. */
  readonly analytic: number;
  /** Difference quotient of order h^4. */
  readonly numeric: number;
  /** Their difference, divided by the greater one, or by 1e-5 of the loss where both are less. */
  readonly error: number;
  readonly verdict: GradientVerdict;
  /** At a kink, the slopes on its two sides. */
  readonly left?: number;
  readonly right?: number;
}

/** From large to small: a short step passes fewer kinks on its way, a long one loses fewer digits. */
const steps = [1e-4, 1e-5, 1e-6] as const;
const shortest = 1e-6;
/** Of the loss: slopes below this are lost in its rounding. */
const leastShare = 1e-5;
/** Of the slope: sides of a smooth function differ by far less at the shortest step. */
const kinkShare = 1e-3;

/**
 * Compares a derivative with difference quotients: (8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h, which is off by h^4 / 30 times the
 * fifth derivative, for h from 1e-4 down to 1e-6 until they agree. If none agrees, slopes from either side alone,
 * (-3 L(0) + 4 L(h) - L(2h)) / 2h, tell a kink from a derivative that is wrong.
 *
 * @param lossAt - the loss at a distance along the direction, in float64
 * @param tolerance - greatest error that is right
 */
export function compareSlope(
  lossAt: (distance: number) => number,
  analytic: number,
  tolerance: number,
): SlopeComparison {
  const here = lossAt(0);
  const scale = (numeric: number): number =>
    Math.max(Math.abs(analytic), Math.abs(numeric), leastShare * Math.abs(here), Number.MIN_VALUE);
  const along = (h: number): { numeric: number; error: number } => {
    const numeric = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
    return { numeric, error: Math.abs(analytic - numeric) / scale(numeric) };
  };
  let closest = { numeric: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (const h of steps) {
    const found = along(h);
    if (found.error <= tolerance) return { analytic, ...found, verdict: 'right' };
    if (found.error < closest.error) closest = found;
  }
  const side = (h: number): number => (-3 * here + 4 * lossAt(h) - lossAt(2 * h)) / (2 * h);
  const [right, left] = [side(shortest), side(-shortest)];
  const isKink = Math.abs(right - left) > kinkShare * scale(Math.max(Math.abs(right), Math.abs(left)));
  return isKink
    ? { analytic, ...closest, verdict: 'kink', left, right }
    : { analytic, ...closest, verdict: 'wrong' };
}
