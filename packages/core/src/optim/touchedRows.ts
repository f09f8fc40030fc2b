import { hasSparsePart, sparseGradient } from '../autodiff/sparseGradient.ts';
import { LockstepError } from '../errors.ts';
import { type TouchedRows, topologicalOrder } from '../graph/graph.ts';
import type { VariableAttributes } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { firstEqual, nextEqual } from '../ops/equalPositions.ts';
import { sumEqual } from '../ops/sumEqual.ts';

/** A sparse gradient as an optimizer takes it. */
export interface RowGradient {
  readonly rows: TouchedRows;
  /**
   * [n, ...], one row for each position of the mini-batch that names a row of the parameter: at the first position of each row the
   * sum over all its positions, zeros at the others.
   */
  readonly gradient: Node;
}

const askForDense = 'Make the embedding with sparse: false; a step then costs as much as the table is large.';

/**
 * The rows that a mini-batch touches, with their gradients, if the gradient is sparse. A row that occurs several times has its values
 * summed in the order that any sum over the mini-batch has.
 *
 * @param batchSize - rows of the mini-batch
 * @throws LockstepError BAD_OPTION if the gradient is the sum of a sparse one and others
 */
export function rowGradient(
  parameter: Node<VariableAttributes>,
  gradient: Node,
  batchSize: number,
): RowGradient | undefined {
  const sparse = sparseGradient(gradient, batchSize);
  if (sparse === undefined) {
    if (!hasSparsePart(gradient)) return undefined;
    throw new LockstepError(
      'BAD_OPTION',
      `the loss uses "${parameter.attributes.path}" in another way besides its embeddings`,
      {
        where: { op: 'embedding', field: 'sparse' },
        got: 'a gradient with parts that are not sparse: from a penalty (l2), a product, an embedding of no mini-batch',
        hint: `${askForDense} Weight decay of the optimizer needs no penalty.`,
      },
    );
  }
  const { rows, values } = sparse;
  const size = parameter.shape[0] ?? 1;
  const first = firstEqual(rows, size);
  return {
    rows: { index: rows, first },
    gradient: sumEqual(values, first, nextEqual(first, rows.shape[0] ?? 1)),
  };
}

/**
 * Throws unless what an optimizer computes of some rows is computed for each row by itself: what it computes of a whole
 * parameter (a norm, say) it cannot compute of the rows that a mini-batch touches.
 *
 * @param given - the rows of parameter, gradient and slots
 * @param results - what became of them
 * @throws LockstepError BAD_OPTION, with the operation
 */
export function requireRowwise(optimizer: string, given: readonly Node[], results: readonly Node[]): void {
  const perRow = new Set(given);
  for (const node of topologicalOrder(results)) {
    if (perRow.has(node) || !node.inputs.some((operand) => perRow.has(operand))) continue;
    perRow.add(node);
    const [rows] = given[0]?.shape ?? [];
    if (node.shape[0] !== rows || (given[0]?.batchAxis === 0 && node.batchAxis !== 0))
      throw new LockstepError('BAD_OPTION', 'this optimizer computes with a parameter as a whole', {
        where: { op: optimizer, field: 'embedding.sparse' },
        got: `${node.op.name}, [${node.shape.join(', ')}]`,
        wanted: 'a rule for each row by itself, since a sparse gradient brings some rows alone',
        hint: askForDense,
      });
  }
}
