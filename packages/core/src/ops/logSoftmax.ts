import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { reduced } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { exp } from './exp.ts';
import { lastAxisSamples, overLastAxis, sameAsRows } from './lastAxis.ts';
import { mul } from './mul.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';

export const logSoftmaxOp: Op<None> = {
  name: 'logSoftmax',
  infer: (inputs) => sameAsRows('logSoftmax', inputs),
  gradient: (node, upstream) => [
    sub(upstream, mul(exp(node), sum(upstream, { axes: [-1], keepDims: true }))),
  ],
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const rows = overLastAxis('logSoftmax', context, context.tensor(x));
    const [greatest, logTotal] = [rows.rows(), rows.rows()];
    rows.reduce('max', rows.x, greatest);
    const shifted = scalar.sub(rows.x, rows.at(greatest));
    rows.reduce('sum', scalar.call('exp', shifted), logTotal, scalar.call('log', reduced));
    rows.map(scalar.sub(shifted, rows.at(logTotal)), context.tensor(node));
  },
  samples: lastAxisSamples,
};

/**
 * log(softmax(x)) over the last axis, float32, computed as (x - max) - log(sum(e^(x - max))).
 *
 * @throws LockstepError SHAPE_MISMATCH for a scalar
 */
export function logSoftmax(x: Node): Node {
  return apply(logSoftmaxOp, [x], {});
}
