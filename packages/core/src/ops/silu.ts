import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { sigmoid } from './sigmoid.ts';
import { sub } from './sub.ts';

export const siluOp: Op<None> = {
  ...elementwise<None>('silu', floatOnly, ([x]) => scalar.mul(x, scalar.call('sigmoid', x))),
  gradient: (node, upstream) => {
    const [x] = node.inputs;
    if (!x) return [];
    const gate = sigmoid(x);
    return [mul(upstream, add(gate, mul(node, sub(1, gate))))];
  },
  samples: () => unarySamples({}),
};

/** x sigmoid(x), also called swish; element-wise, float32 (Elfwing, Uchibe and Doya 2017). */
export function silu(x: Node): Node {
  return apply(siluOp, [x], {});
}
