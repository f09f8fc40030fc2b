import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';

export const geluOp: Op<None> = {
  ...elementwise<None>('gelu', floatOnly, ([x]) => {
    const half = scalar.mul(x, scalar.f32(0.5));
    const error = scalar.call('erf', scalar.mul(x, scalar.f32(Math.SQRT1_2)));
    return scalar.mul(half, scalar.add(error, scalar.f32(1)));
  }),
  // P + x p, of the standard normal distribution P and its density p.
  gradient: ({ inputs: [x] }, upstream) => {
    if (!x) return [];
    const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [mul(upstream, add(distribution, mul(x, density)))];
  },
  samples: () => unarySamples({}),
};

/**
 * x P(x), where P is the standard normal distribution function: x / 2 (1 + erf(x / √2)); element-wise, float32 (Hendrycks and
 * Gimpel 2016).
 */
export function gelu(x: Node): Node {
  return apply(geluOp, [x], {});
}
