import { type Dataset, fieldOf } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import { topologicalOrder } from '../graph/graph.ts';
import { inputOp, isMadeBy } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { castOp } from '../ops/cast.ts';
import { embeddingOp } from '../ops/embedding.ts';
import { gatherOp } from '../ops/gatherScatter.ts';
import { reshapeOp } from '../ops/reshape.ts';
import { sliceOp } from '../ops/slicePad.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { residentName } from './batch.ts';
import { checkDeclared } from './checkData.ts';

/** Numbers of a data field as they are, row by row: the positions in a row that are used. */
interface FieldElements {
  readonly input: string;
  readonly positions: readonly number[];
}

/** Row-major positions of a part of a row. */
function partOf(shape: readonly number[], starts: readonly number[], sizes: readonly number[]): number[] {
  return sizes.reduce<number[]>(
    (found, size, axis) =>
      found.flatMap((before) =>
        Array.from({ length: size }, (_, at) => before * (shape[axis] ?? 1) + (starts[axis] ?? 0) + at),
      ),
    [0],
  );
}

/** The elements of a data field that a node is made of unchanged, if it is; the mini-batch is one row, along axis 0. */
function elementsOf(node: Node): FieldElements | undefined {
  const [from] = node.inputs;
  if (from === undefined) return undefined;
  if ([castOp, reshapeOp].some((op) => Object.is(node.op, op))) return elementsOf(from);
  if (isMadeBy(node, sliceOp)) {
    const whole = elementsOf(from);
    const part = partOf(from.shape, node.attributes.starts, node.shape);
    return whole && { ...whole, positions: part.map((at) => whole.positions[at] ?? 0) };
  }
  if (!Object.is(node.op, gatherOp) || !isMadeBy(from, inputOp)) return undefined;
  const positions = Array.from({ length: sizeOf(node.shape.slice(1)) }, (_, at) => at);
  return { input: from.attributes.name, positions };
}

/**
 * Throws when a data set has an id that a table of the model has no row for. Ids that the model computes cannot be seen here.
 *
 * @param outputs - of a model on a mini-batch of one row
 * @param source - prefix of the names of the inputs that hold the data
 */
export function checkIds(outputs: Iterable<Node>, data: Dataset, source: string): void {
  for (const node of topologicalOrder([...outputs])) {
    const [table, ids] = node.inputs;
    if (!isMadeBy(node, embeddingOp) || !table || !ids) continue;
    const found = elementsOf(ids);
    const name = Object.keys(data.fields).find((field) => residentName(source, field) === found?.input);
    if (found === undefined || name === undefined) continue;
    const { values, shape } = fieldOf(data, name);
    const vocabulary = table.shape[0] ?? 0;
    if (data.stream !== undefined) {
      checkDeclared(name, fieldOf(data, name).classes, vocabulary, 'rows of the table');
      continue;
    }
    const rowSize = sizeOf(shape);
    for (let row = 0; row < values.length; row += rowSize)
      for (const position of found.positions) {
        const id = values[row + position] ?? 0;
        if (id >= 0 && id < vocabulary && Number.isInteger(id)) continue;
        throw new LockstepError(
          'LABEL_OUT_OF_RANGE',
          `an id of row ${row / rowSize} has no row in the table of an embedding`,
          {
            where: { field: `data.${name}` },
            got: `id ${id}`,
            wanted: `a whole number from 0 to ${vocabulary - 1} for a vocabulary of ${vocabulary}`,
          },
        );
      }
  }
}
