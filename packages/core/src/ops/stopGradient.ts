import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { elementwise, type None } from './elementwise.ts';
import { floats } from './samples.ts';

export const stopGradientOp: Op<None> = {
  ...elementwise<None>('stopGradient', { inputs: ['float32', 'int32', 'bool'], result: 'same' }, ([x]) => x),
  gradient: () => [undefined],
  simplify: ({ inputs: [x] }) => x,
  samples: () => [
    { attributes: {}, inputs: [floats([5, 7], { batchAxis: 0 })], skipGradient: 'it is zero by definition' },
  ],
};

/** `x`, taken as a constant by `grad`: no gradient flows into it from here. */
export function stopGradient(x: Node): Node {
  return apply(stopGradientOp, [x], {});
}
