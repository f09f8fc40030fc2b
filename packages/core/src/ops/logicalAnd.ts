import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise } from './elementwise.ts';
import { masks } from './samples.ts';

export const logicalAndOp: Op<None> = {
  ...elementwise<None>('logicalAnd', { inputs: ['bool'], result: 'bool' }, ([a, b]) =>
    primitive('maskAnd', a, b),
  ),
  samples: () => [
    {
      attributes: {},
      inputs: [masks([5, 7], { batchAxis: 0 }), masks([5, 7], { batchAxis: 0 })],
      skipGradient: 'bool',
    },
    { attributes: {}, inputs: [masks([3, 1, 5]), masks([4, 1])], skipGradient: 'bool' },
  ],
};

/** Both, element-wise with broadcasting; bool. */
export function logicalAnd(a: Node, b: Node): Node {
  return apply(logicalAndOp, [a, b], {});
}
