import { LockstepError } from '../errors.ts';
import { type Attributes, apply, type Node, type Op } from '../graph/node.ts';
import { gatherGradient, gatherOp } from './gatherScatter.ts';
import { floats, integers } from './samples.ts';

export interface EmbeddingAttributes extends Attributes {
  readonly sparse: boolean;
}

export const embeddingOp: Op<EmbeddingAttributes> = {
  name: 'embedding',
  infer: ([table, ids]) => {
    if (!table || !ids || table.shape.length !== 2 || table.batchAxis !== undefined)
      throw new LockstepError('SHAPE_MISMATCH', 'the table of an embedding has another shape', {
        where: { op: 'embedding' },
        got: `[${table?.shape.join(', ')}]${table?.batchAxis === undefined ? '' : ' along the mini-batch'}`,
        wanted: '[vocabulary, features]',
      });
    return gatherOp.infer([table, ids], {});
  },
  gradient: ({ inputs: [table, ids], attributes }, upstream) =>
    table && ids ? [gatherGradient(table, ids, upstream, attributes.sparse || undefined), undefined] : [],
  lower: (context, node) => gatherOp.lower?.(context, node),
  samples: () => [
    {
      attributes: { sparse: true },
      inputs: [floats([11, 7]), integers([5], [0, 10], { batchAxis: 0 })],
    },
    {
      attributes: { sparse: true },
      inputs: [floats([5, 9]), integers([6, 3], [0, 4], { batchAxis: 0 })],
    },
    { attributes: { sparse: false }, inputs: [floats([4, 3]), integers([7], [-2, 6])] },
  ],
};

/**
 * Rows of a table by number: the result at [...i, j] is table[ids[...i], j], of shape [...ids.shape, features].
 *
 * With `sparse` the gradient is {rows, values}: where the table is a parameter whose gradient comes from embeddings alone,
 * a training step changes the rows that the mini-batch names, and no other row of the table or of the optimizer's state,
 * at a cost that does not depend on the size of the table. An id out of range counts as the nearest row.
 *
 * @param table - [vocabulary, features]
 * @param ids - int32, of any shape
 * @param options - `sparse` (default true): false takes the gradient as a tensor of the table's shape
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function embedding(table: Node, ids: Node, options: { readonly sparse?: boolean } = {}): Node {
  return apply(embeddingOp, [table, ids], { sparse: options.sparse ?? true });
}
