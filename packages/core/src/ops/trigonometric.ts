import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { specialValues, unarySamples } from './samples.ts';

/** Beyond about 1e5 float32 numbers are too far apart for an angle, and the result is NaN. */
const angles = specialValues.filter((value) => Math.abs(value) < 1e5 || !Number.isFinite(value));

export const sinOp: Op<None> = {
  ...elementwise<None>('sin', floatOnly, ([x]) => call('sin', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && mul(upstream, cos(x))],
  samples: () => unarySamples({}, [-2, 2], angles),
};

export const cosOp: Op<None> = {
  ...elementwise<None>('cos', floatOnly, ([x]) => call('cos', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && neg(mul(upstream, sin(x)))],
  samples: () => unarySamples({}, [-2, 2], angles),
};

/** Sine of radians, element-wise, float32; NaN for |x| above 102943. */
export function sin(x: Node): Node {
  return apply(sinOp, [x], {});
}

/** Cosine of radians, element-wise, float32; NaN for |x| above 102943. */
export function cos(x: Node): Node {
  return apply(cosOp, [x], {});
}
