import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { unarySamples } from './samples.ts';

export const sinOp: Op<None> = {
  ...elementwise<None>('sin', floatOnly, ([x]) => call('sin', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && mul(upstream, cos(x))],
  samples: () => unarySamples({}),
};

export const cosOp: Op<None> = {
  ...elementwise<None>('cos', floatOnly, ([x]) => call('cos', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && neg(mul(upstream, sin(x)))],
  samples: () => unarySamples({}),
};

/** Sine of radians, element-wise, float32. */
export function sin(x: Node): Node {
  return apply(sinOp, [x], {});
}

/** Cosine of radians, element-wise, float32. */
export function cos(x: Node): Node {
  return apply(cosOp, [x], {});
}
