import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';

const scale = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

export const geluTanhOp: Op<None> = {
  ...elementwise<None>('geluTanh', floatOnly, ([x]) => {
    const slope = scalar.add(scalar.mul(scalar.mul(x, x), scalar.f32(scale * cubic)), scalar.f32(scale));
    const bend = scalar.call('tanh', scalar.mul(x, slope));
    return scalar.mul(scalar.mul(x, scalar.f32(0.5)), scalar.add(bend, scalar.f32(1)));
  }),
  // With u = x (s + s c x²) and t = tanh u: (1 + t) / 2 + x / 2 (1 - t²) (s + 3 s c x²).
  gradient: ({ inputs: [x] }, upstream) => {
    if (!x) return [];
    const squared = square(x);
    const bend = tanh(mul(x, add(mul(squared, scale * cubic), scale)));
    const slope = add(mul(squared, 3 * scale * cubic), scale);
    const rise = mul(mul(x, 0.5), mul(sub(1, square(bend)), slope));
    return [mul(upstream, add(mul(add(bend, 1), 0.5), rise))];
  },
  samples: () => unarySamples({}),
};

/**
 * The approximation of `gelu` with a tanh: x / 2 (1 + tanh(√(2/π) (x + 0.044715 x³))); element-wise, float32
 * (Hendrycks and Gimpel 2016).
 */
export function geluTanh(x: Node): Node {
  return apply(geluTanhOp, [x], {});
}
