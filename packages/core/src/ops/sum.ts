import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { requireDType } from './elementwise.ts';
import type { AxisAttributes, ReduceOptions } from './reduce.ts';
import { broadcastBack, oneAxisType, reduceAxes } from './reduce.ts';
import { lowerReduction } from './reduction.ts';
import { floats } from './samples.ts';

/** Sum over a single axis; sums over several axes are made one axis at a time, from the last to the first. */
export const sumOp: Op<AxisAttributes> = {
  name: 'sum',
  infer: (inputs, attributes) => {
    requireDType('sum', inputs, ['float32']);
    return oneAxisType('sum', inputs, attributes);
  },
  gradient: (node, upstream) => [broadcastBack(node, upstream)],
  lower: (context, node) => {
    lowerReduction('sum', context, node);
  },
  samples: () => [
    { attributes: { axis: 1 }, inputs: [floats([5, 13], { batchAxis: 0 })] },
    { attributes: { axis: 0 }, inputs: [floats([37, 11], { batchAxis: 0 })] },
    { attributes: { axis: 0 }, inputs: [floats([1, 19], { batchAxis: 0 })] },
    { attributes: { axis: 1 }, inputs: [floats([3, 5, 9])] },
    { attributes: { axis: 1 }, inputs: [floats([3, 5, 9], { batchAxis: 1 })] },
    { attributes: { axis: 0 }, inputs: [floats([5000])] },
    { attributes: { axis: 0 }, inputs: [floats([1301], { batchAxis: 0 })] },
    { attributes: { axis: 1 }, inputs: [floats([2, 4099, 3])] },
    {
      attributes: { axis: 1 },
      inputs: [
        floats([5, 3], {
          values: [1e38, 1e38, 3e38, Infinity, -Infinity, 0, Number.NaN, 1, 2, -0, -0, -0, 1e-45, 0, 1e-45],
        }),
      ],
      skipGradient: 'not finite',
    },
  ],
};

/**
 * Sum over axes (default: all), float32, in the fixed order of docs/numerics.md.
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function sum(x: Node, options: ReduceOptions = {}): Node {
  return reduceAxes('sum', x, options, (node, over) => apply(sumOp, [node], { axis: over }));
}
