import { LockstepError } from '../errors.ts';
import { constant } from '../graph/leaves.ts';
import type { DType } from '../graph/dtype.ts';
import type { Attributes, Node, Op, TensorType } from '../graph/node.ts';
import { axesOf, identityIndex, loadBroadcast } from '../nest/lowering.ts';
import type { Scalar } from '../nest/scalar.ts';

/** What the functions of this folder take for a tensor; a number is a float32 scalar constant. */
export type Operand = Node | number;

export function toNode(operand: Operand): Node {
	return typeof operand === 'number' ? constant(operand) : operand;
}

/**
 * Shape and batch axis that broadcasting gives (NumPy's rule: aligned at the right, an axis of size 1 repeats).
 * The batch axis stays where it is counted from the right.
 *
 * @throws LockstepError SHAPE_MISMATCH when two sizes differ and neither is 1, or two batch axes are at different places
 */
export function broadcastTypes(
	name: string,
	types: readonly TensorType[],
): { shape: number[]; batchAxis?: number } {
	const rank = Math.max(...types.map((type) => type.shape.length));
	const describe = (): string => types.map((type) => `[${type.shape.join(', ')}]`).join(' and ');
	const shape = Array.from({ length: rank }, (_, index) => {
		let size = 1;
		for (const type of types) {
			const own = type.shape[index - (rank - type.shape.length)] ?? 1;
			if (own === 1 || own === size) continue;
			if (size !== 1)
				throw new LockstepError('SHAPE_MISMATCH', 'the shapes do not broadcast', {
					where: { op: name },
					got: describe(),
					wanted: `equal sizes, or 1, at axis ${index - rank}`,
					hint: 'reshape one of them so that its axes line up from the right',
				});
			size = own;
		}
		return size;
	});
	let batchAxis: number | undefined;
	for (const type of types) {
		if (type.batchAxis === undefined) continue;
		const own = type.batchAxis + rank - type.shape.length;
		if (batchAxis !== undefined && batchAxis !== own)
			throw new LockstepError('SHAPE_MISMATCH', 'the mini-batch axes are at different places', {
				where: { op: name },
				got: describe(),
				wanted: 'the rows of the mini-batch along the same axis',
			});
		batchAxis = own;
	}
	return { shape, ...(batchAxis === undefined ? {} : { batchAxis }) };
}

/** Throws unless every input has one of the allowed element types. */
export function requireDType(
	name: string,
	inputs: readonly TensorType[],
	allowed: readonly DType[],
): void {
	for (const type of inputs)
		if (!allowed.includes(type.dtype))
			throw new LockstepError('DTYPE_MISMATCH', 'the element type does not fit', {
				where: { op: name },
				got: type.dtype,
				wanted: allowed.join(' or '),
				hint: 'convert it with cast()',
			});
}

/**
 * `infer` and `lower` of an op that works element by element, with broadcasting.
 *
 * @param name - the op
 * @param types - element types of the inputs and of the result
 * @param body - the result's element from the inputs' elements
 */
export function elementwise<A extends Attributes>(
	name: string,
	types: { inputs: DType; result: DType },
	body: (elements: readonly [Scalar, Scalar, Scalar], attributes: A) => Scalar,
): Required<Pick<Op<A>, 'name' | 'infer' | 'lower'>> {
	return {
		name,
		infer: (inputs) => {
			requireDType(name, inputs, [types.inputs]);
			return { ...broadcastTypes(name, inputs), dtype: types.result };
		},
		lower: (context, node) => {
			const out = context.tensor(node);
			const index = identityIndex(out.shape.length);
			const [a, b, c] = node.inputs.map((input) => loadBroadcast(context.tensor(input), index));
			const first = a as Scalar;
			const value = body([first, b ?? first, c ?? first], node.attributes);
			context.nest({ name, axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
		},
	};
}

/** Attributes of an op that has none. */
export interface None extends Attributes {}
