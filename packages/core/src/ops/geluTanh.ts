import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { sigmoid } from './sigmoid.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';

const scale = 2 * Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

export const geluTanhOp: Op<None> = {
  // (1 + tanh u) / 2 = sigmoid(2 u): the same function, without cancellation for negative x.
  ...elementwise<None>('geluTanh', floatOnly, ([x]) => {
    const slope = scalar.add(scalar.mul(scalar.mul(x, x), scalar.f32(scale * cubic)), scalar.f32(scale));
    return scalar.mul(x, scalar.call('sigmoid', scalar.mul(x, slope)));
  }),
  // With z = s x + s c x³ and g = sigmoid z: g + x g (1 - g) (s + 3 s c x²).
  gradient: (node, upstream) => {
    const [x] = node.inputs;
    if (!x) return [];
    const squared = square(x);
    const gate = sigmoid(mul(x, add(mul(squared, scale * cubic), scale)));
    const slope = add(mul(squared, 3 * scale * cubic), scale);
    return [mul(upstream, add(gate, mul(node, mul(sub(1, gate), slope))))];
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
