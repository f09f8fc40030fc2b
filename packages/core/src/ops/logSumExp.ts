import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { f32, primitive, reduced, select } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { exp } from './exp.ts';
import { lastAxisSamples, overLastAxis, rowType } from './lastAxis.ts';
import { mul } from './mul.ts';
import { expandDims } from './reshape.ts';
import { sub } from './sub.ts';

export const logSumExpOp: Op<None> = {
  name: 'logSumExp',
  infer: (inputs) => rowType('logSumExp', inputs),
  gradient: (node, upstream) => {
    const [x] = node.inputs;
    return [x && mul(exp(sub(x, expandDims(node, -1))), expandDims(upstream, -1))];
  },
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const rows = overLastAxis('logSumExp', context, context.tensor(x));
    const greatest = rows.rows();
    // An infinite row is shifted by 0: infinity - infinity would make NaN of it.
    const finite = primitive('less', primitive('abs', reduced), f32(Infinity));
    rows.reduce('max', rows.x, greatest, select(finite, reduced, f32(0)));
    const shift = rows.at(greatest);
    const result = scalar.add(scalar.call('log', reduced), shift);
    rows.reduce('sum', scalar.call('exp', scalar.sub(rows.x, shift)), context.tensor(node), result);
  },
  samples: lastAxisSamples,
};

/**
 * log(sum(e^x)) over the last axis, which goes away; float32. Nothing overflows: the row's greatest element is taken out
 * first. A row of -infinity gives -infinity.
 *
 * @throws LockstepError SHAPE_MISMATCH for a scalar
 */
export function logSumExp(x: Node): Node {
  return apply(logSumExpOp, [x], {});
}
