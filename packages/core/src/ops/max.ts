import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { requireDType } from './elementwise.ts';
import { extremumGradient, extremumSamples } from './extremum.ts';
import type { AxisAttributes, ReduceOptions } from './reduce.ts';
import { oneAxisType, reduceAxes } from './reduce.ts';
import { lowerReduction } from './reduction.ts';

export const maxOp: Op<AxisAttributes> = {
  name: 'max',
  infer: (inputs, attributes) => {
    requireDType('max', inputs, ['float32']);
    return oneAxisType('max', inputs, attributes);
  },
  gradient: extremumGradient,
  lower: (context, node) => {
    lowerReduction('max', context, node);
  },
  samples: extremumSamples,
};

/**
 * The greatest element over axes (default: all), float32; NaN if any is NaN. Elements that are equally great share
 * the gradient equally (axis by axis, when there are several axes).
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function max(x: Node, options: ReduceOptions = {}): Node {
  return reduceAxes('max', x, options, (node, over) => apply(maxOp, [node], { axis: over }));
}
