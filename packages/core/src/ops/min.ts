import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { requireDType } from './elementwise.ts';
import { extremumGradient, extremumSamples } from './extremum.ts';
import type { AxisAttributes, ReduceOptions } from './reduce.ts';
import { oneAxisType, reduceAxes } from './reduce.ts';
import { lowerReduction } from './reduction.ts';

export const minOp: Op<AxisAttributes> = {
  name: 'min',
  infer: (inputs, attributes) => {
    requireDType('min', inputs, ['float32']);
    return oneAxisType('min', inputs, attributes);
  },
  gradient: extremumGradient,
  lower: (context, node) => {
    lowerReduction('min', context, node);
  },
  samples: extremumSamples,
};

/**
 * The smallest element over axes (default: all), float32; NaN if any is NaN. Elements that are equally small share
 * the gradient equally (axis by axis, when there are several axes).
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function min(x: Node, options: ReduceOptions = {}): Node {
  return reduceAxes('min', x, options, (node, over) => apply(minOp, [node], { axis: over }));
}
