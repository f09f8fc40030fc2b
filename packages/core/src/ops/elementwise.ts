import { LockstepError } from '../errors.ts';
import { constant } from '../graph/leaves.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { axesOf, identityIndex, loadBroadcast } from '../nest/lowering.ts';
import type { Scalar } from '../nest/scalar.ts';
import type { DType } from '../tensor/dtype.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** What the functions of this folder take for a tensor; a number is a scalar constant of the other operand's type. */
export type Operand = Node | number;

/** A number becomes a scalar constant, of element type `dtype`. */
export function toNode(operand: Operand, dtype: DType = 'float32'): Node {
  return typeof operand === 'number' ? constant(operand, { dtype }) : operand;
}

/** Both operands as nodes; a number takes the element type of the other one. */
export function toNodes(a: Operand, b: Operand): readonly [Node, Node] {
  const dtype = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'float32';
  return [toNode(a, dtype), toNode(b, dtype)];
}

/**
 * Shape and batch axis that broadcasting gives (NumPy's rule: aligned at the right, an axis of size 1 repeats).
 * The batch axis stays where it is counted from the right; it never repeats itself.
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
    if (type.shape[type.batchAxis] !== shape[own])
      throw new LockstepError('SHAPE_MISMATCH', 'a mini-batch of one row cannot be broadcast', {
        where: { op: name },
        got: describe(),
        wanted: `size 1 at axis ${own - rank}, where the rows of the mini-batch are`,
      });
    batchAxis = own;
  }
  return { shape, ...(batchAxis === undefined ? {} : { batchAxis }) };
}

/** Throws unless every input has one of the allowed element types. */
export function requireDType(name: string, inputs: readonly TensorType[], allowed: readonly DType[]): void {
  for (const type of inputs)
    if (!allowed.includes(type.dtype))
      throw new LockstepError('DTYPE_MISMATCH', 'the element type does not fit', {
        where: { op: name },
        got: type.dtype,
        wanted: allowed.join(' or '),
        hint: 'convert it with cast()',
      });
}

/** Throws unless all inputs have the same element type, one of those allowed; answers with it. */
export function sameDType(name: string, inputs: readonly TensorType[], allowed: readonly DType[]): DType {
  requireDType(name, inputs, allowed);
  const dtypes = [...new Set(inputs.map((type) => type.dtype))];
  const [dtype] = dtypes;
  if (dtype === undefined || dtypes.length > 1)
    throw new LockstepError('DTYPE_MISMATCH', 'the operands have different element types', {
      where: { op: name },
      got: dtypes.join(' and '),
      wanted: 'one type for all',
      hint: 'convert one of them with cast()',
    });
  return dtype;
}

/**
 * `infer` and `lower` of an op that works element by element, with broadcasting.
 *
 * @param name - the op
 * @param types - element types that the inputs may have (all of them the same one), and that of the result
 *   (`same`: that of the inputs)
 * @param body - the result's element from the inputs' elements; elements that the op has no input for repeat the first
 */
export function elementwise<A extends Attributes>(
  name: string,
  types: { inputs: readonly DType[]; result: DType | 'same' },
  body: (elements: readonly [Scalar, Scalar, Scalar], attributes: A) => Scalar,
): Required<Pick<Op<A>, 'name' | 'infer' | 'lower'>> {
  return {
    name,
    infer: (inputs) => {
      const dtype = sameDType(name, inputs, types.inputs);
      return { ...broadcastTypes(name, inputs), dtype: types.result === 'same' ? dtype : types.result };
    },
    lower: (context, node) => {
      const out = context.tensor(node);
      const index = identityIndex(out.shape.length);
      const [first, second, third] = node.inputs.map((input) => loadBroadcast(context.tensor(input), index));
      if (first === undefined) return;
      const value = body([first, second ?? first, third ?? first], node.attributes);
      context.nest({ name, axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
    },
  };
}

/** Attributes of an op that has none. */
export interface None extends Attributes {}

/** Element types of ordinary arithmetic. */
export const floatOnly = { inputs: ['float32'], result: 'float32' } as const;
/** Element types of arithmetic that is exact on integers too. */
export const floatOrInt = { inputs: ['float32', 'int32'], result: 'same' } as const;
