import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { lastAxisSamples, overLastAxis, sameAsRows } from './lastAxis.ts';
import { mul } from './mul.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';

export const softmaxOp: Op<None> = {
  name: 'softmax',
  infer: (inputs) => sameAsRows('softmax', inputs),
  gradient: (node, upstream) => {
    const weighted = mul(upstream, node);
    return [sub(weighted, mul(node, sum(weighted, { axes: [-1], keepDims: true })))];
  },
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const rows = overLastAxis('softmax', context, context.tensor(x));
    const [greatest, exponentials, total] = [rows.rows(), rows.full(), rows.rows()];
    rows.reduce('max', rows.x, greatest);
    rows.map(scalar.call('exp', scalar.sub(rows.x, rows.at(greatest))), exponentials);
    rows.reduce('sum', rows.at(exponentials), total);
    rows.map(scalar.div(rows.at(exponentials), rows.at(total)), context.tensor(node));
  },
  samples: lastAxisSamples,
};

/**
 * e^x / sum(e^x) over the last axis, float32. The row's greatest element is subtracted first, so that nothing overflows;
 * -infinity gets probability 0, a row of nothing else is NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH for a scalar
 */
export function softmax(x: Node): Node {
  return apply(softmaxOp, [x], {});
}
