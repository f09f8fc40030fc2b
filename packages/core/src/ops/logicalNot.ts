import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise } from './elementwise.ts';
import { masks } from './samples.ts';

export const logicalNotOp: Op<None> = {
  ...elementwise<None>('logicalNot', { inputs: ['bool'], result: 'bool' }, ([a]) => primitive('maskNot', a)),
  samples: () => [
    { attributes: {}, inputs: [masks([5, 7], { batchAxis: 0 })], skipGradient: 'bool' },
    { attributes: {}, inputs: [masks([3, 1, 5])], skipGradient: 'bool' },
  ],
};

/** Not, element-wise; bool. */
export function logicalNot(a: Node): Node {
  return apply(logicalNotOp, [a], {});
}
