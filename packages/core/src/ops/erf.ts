import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { exp } from './exp.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';

export const erfOp: Op<None> = {
  ...elementwise<None>('erf', floatOnly, ([x]) => call('erf', x)),
  gradient: ({ inputs: [x] }, upstream) => [
    x && mul(upstream, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  ],
  samples: () => unarySamples({}),
};

/** Error function, 2/√π times the integral of e^(-t²) from 0 to x; element-wise, float32. */
export function erf(x: Node): Node {
  return apply(erfOp, [x], {});
}
