import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { axis } from '../nest/scalar.ts';
import { floats } from './samples.ts';

export interface TransposeAttributes extends Attributes {
  /** Axis of the input that each axis of the result is. */
  readonly permutation: readonly number[];
}

const inverse = (permutation: readonly number[]): readonly number[] =>
  permutation.map((_, at) => permutation.indexOf(at));

export const transposeOp: Op<TransposeAttributes> = {
  name: 'transpose',
  infer: ([from], { permutation }) => {
    const shape = from?.shape ?? [];
    if (permutation.length !== shape.length || shape.some((_, at) => !permutation.includes(at)))
      throw new LockstepError('BAD_OPTION', 'this is not a permutation of the axes', {
        where: { op: 'transpose', field: 'permutation' },
        got: `[${permutation.join(', ')}] for [${shape.join(', ')}]`,
        wanted: `each of 0 to ${shape.length - 1} once`,
      });
    return {
      shape: permutation.map((at) => shape[at] ?? 1),
      dtype: from?.dtype ?? 'float32',
      ...(from?.batchAxis === undefined ? {} : { batchAxis: permutation.indexOf(from.batchAxis) }),
    };
  },
  gradient: ({ attributes: { permutation } }, upstream) => [transpose(upstream, inverse(permutation))],
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const out = context.tensor(node);
    const value = load(context.tensor(x), inverse(node.attributes.permutation).map(axis));
    context.nest({
      name: 'transpose',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index: identityIndex(out.shape.length), value }],
    });
  },
  samples: () => [
    { attributes: { permutation: [1, 0] }, inputs: [floats([5, 17], { batchAxis: 0 })] },
    { attributes: { permutation: [2, 0, 1] }, inputs: [floats([3, 11, 9], { batchAxis: 0 })] },
    { attributes: { permutation: [0, 2, 1, 3] }, inputs: [floats([2, 3, 5, 7], { batchAxis: 0 })] },
    { attributes: { permutation: [] }, inputs: [floats([])] },
  ],
};

/**
 * The axes in another order; by default reversed.
 *
 * @param permutation - which axis of `x` each axis of the result is
 * @throws LockstepError BAD_OPTION
 */
export function transpose(x: Node, permutation: readonly number[] = [...x.shape.keys()].reverse()): Node {
  return apply(transposeOp, [x], { permutation });
}
