import { LockstepError } from '../errors.ts';
import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mean } from './mean.ts';
import { mul } from './mul.ts';
import type { ReduceOptions } from './reduce.ts';
import { normaliseAxes } from './reduce.ts';
import { floats } from './samples.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';

/**
 * (x - mean)², for the mean of just these x. Nothing flows to the mean: its share is -2 times the sum of the deviations,
 * which is 0, and leaving it out saves a pass over the data (and a barrier where the mean is over the mini-batch). The
 * gradient is graph of x and its mean, so gradients of the gradient are whole.
 */
export const squaredDeviationOp: Op<None> = {
  ...elementwise<None>('squaredDeviation', floatOnly, ([x, center]) => {
    const deviation = scalar.sub(x, center);
    return scalar.mul(deviation, deviation);
  }),
  gradient: ({ inputs: [x, center] }, upstream) =>
    x && center ? [mul(upstream, mul(sub(x, center), 2)), undefined] : [],
  samples: () => [
    { attributes: {}, inputs: [floats([5, 7], { batchAxis: 0 }), floats([7], { constant: true })] },
    {
      attributes: {},
      inputs: [floats([5, 17], { batchAxis: 0 }), floats([5, 1], { batchAxis: 0, constant: true })],
    },
    { attributes: {}, inputs: [floats([19]), floats([], { constant: true })] },
  ],
};

export interface VarianceOptions extends ReduceOptions {
  /** What is taken off the count: 0 (default) for the variance of these numbers, 1 for an unbiased estimate. */
  readonly correction?: number;
}

/**
 * Variance over axes (default: all), float32, in two passes: the mean of these elements, then the sum of the squared
 * deviations from it times float32(1 / (count - correction)).
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1; correction
 * @throws LockstepError BAD_OPTION for an axis that is not there, or a correction that leaves no count
 */
export function variance(x: Node, options: VarianceOptions = {}): Node {
  const { correction = 0, ...over } = options;
  const axes = normaliseAxes('variance', x.shape.length, over.axes ?? [...x.shape.keys()]);
  const count = axes.reduce((product, at) => product * (x.shape[at] ?? 1), 1);
  if (!(count - correction > 0))
    throw new LockstepError('BAD_OPTION', 'the correction leaves no count', {
      where: { op: 'variance', field: 'correction' },
      got: `${correction} for ${count} elements`,
      wanted: `a number below ${count}`,
    });
  const deviations = apply(squaredDeviationOp, [x, mean(x, { axes, keepDims: true })], {});
  return mul(sum(deviations, { ...over, axes }), 1 / (count - correction));
}
