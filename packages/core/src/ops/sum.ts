import { apply, type Node, type Op } from '../graph/node.ts';
import { axesOf, load } from '../nest/lowering.ts';
import { axis, reduced } from '../nest/scalar.ts';
import { requireDType } from './elementwise.ts';
import { type AxisAttributes, broadcastBack, oneAxisType, reduceAxes, type ReduceOptions } from './reduce.ts';

/** Sum over a single axis; sums over several axes are made one axis at a time, from the last to the first. */
const op: Op<AxisAttributes> = {
	name: 'sum',
	infer: (inputs, attributes) => {
		requireDType('sum', inputs, ['float32']);
		return oneAxisType('sum', inputs, attributes);
	},
	gradient: (node, upstream) => [broadcastBack(node, upstream)],
	lower: (context, node) => {
		const from = node.inputs.map((input) => context.tensor(input))[0];
		if (!from) return;
		const out = context.tensor(node);
		const { axis: over } = node.attributes;
		const rank = from.shape.length;
		const all = axesOf(from);
		const kept = all.filter((_, index) => index !== over);
		// Nest axes: those kept, in order, then the reduced one.
		const index = all.map((_, at) => axis(at === over ? rank - 1 : at < over ? at : at - 1));
		const batch = from.batchAxis === over;
		context.nest({
			name: 'sum',
			axes: [...kept, { size: from.shape[over] ?? 0, batch }],
			reduction: {
				axis: rank - 1,
				kind: 'sum',
				rule: batch ? 'batch' : over === rank - 1 ? 'row' : 'ordered',
				term: load(from, index),
			},
			stores: [{ tensor: out.id, index: kept.map((_, at) => axis(at)), value: reduced }],
		});
	},
	samples: () => [
		{ attributes: { axis: 1 }, inputs: [{ shape: [5, 13], dtype: 'float32', batchAxis: 0 }] },
		{ attributes: { axis: 0 }, inputs: [{ shape: [37, 11], dtype: 'float32', batchAxis: 0 }] },
		{ attributes: { axis: 1 }, inputs: [{ shape: [3, 5, 9], dtype: 'float32' }] },
		{ attributes: { axis: 0 }, inputs: [{ shape: [5000], dtype: 'float32' }] },
	],
};

/**
 * Sum over axes (default: all), float32.
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function sum(x: Node, options: ReduceOptions = {}): Node {
	return reduceAxes('sum', x, options, (node, over) => apply(op, [node], { axis: over }));
}
