import { apply, type Node, type Op } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { elementwise, type None, type Operand, toNode } from './elementwise.ts';

const op: Op<None> = {
	...elementwise<None>('mul', { inputs: 'float32', result: 'float32' }, ([a, b]) => scalar.mul(a, b)),
	gradient: ({ inputs: [a, b] }, upstream) => [
		b && mul(upstream, b),
		a && mul(upstream, a),
	],
	samples: () => [
		{ attributes: {}, inputs: [{ shape: [5, 7], dtype: 'float32', batchAxis: 0 }, { shape: [5, 7], dtype: 'float32', batchAxis: 0 }] },
		{ attributes: {}, inputs: [{ shape: [3, 1, 5], dtype: 'float32' }, { shape: [4, 1], dtype: 'float32' }] },
		{ attributes: {}, inputs: [{ shape: [], dtype: 'float32' }, { shape: [19], dtype: 'float32' }] },
	],
};

/** Element-wise product, with broadcasting. Both float32. */
export function mul(a: Operand, b: Operand): Node {
	return apply(op, [toNode(a), toNode(b)], {});
}
