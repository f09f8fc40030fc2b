import { LockstepError } from '../errors.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { type Graph, rootsOf, topologicalOrder, type Update } from './graph.ts';
import { isMadeBy, variableOp } from './leaves.ts';
import type { Node } from './node.ts';

const describe = (type: TensorType): string => `${type.dtype} [${type.shape.join(', ')}]`;

function checkVariables(nodes: readonly Node[]): void {
  const paths = new Set<string>();
  for (const node of nodes) {
    if (!isMadeBy(node, variableOp)) continue;
    const { path, role } = node.attributes;
    if (paths.has(path))
      throw new LockstepError('DUPLICATE_NAME', 'two variables have the same path', {
        where: { op: 'variable' },
        got: `"${path}" twice`,
        hint: 'give each variable a path of its own, or use the same node in both places to share it',
      });
    paths.add(path);
    // Nobody but programs reads what is kept between the parts of a step.
    if (node.dtype !== 'float32' && !(role === 'accumulator' && node.dtype === 'int32'))
      throw new LockstepError('DTYPE_MISMATCH', `variable "${path}" is not float32`, {
        where: { op: 'variable' },
        got: node.dtype,
        wanted: 'float32',
      });
  }
}

/** What the new value of a variable has to look like. */
function valueType({ variable, value, rows }: Update): TensorType {
  if (rows === undefined) return variable;
  for (const node of [rows.index, rows.first])
    if (node.dtype !== 'int32' || node.shape.length !== 1 || node.shape[0] !== value.shape[0])
      throw new LockstepError('GRAPH_INVALID', 'an update does not say one row for each of its values', {
        where: { op: node.op.name },
        got: describe(node),
        wanted: `int32 [${value.shape[0]}]`,
      });
  return { ...variable, shape: [value.shape[0] ?? 0, ...variable.shape.slice(1)] };
}

function checkUpdates(updates: readonly Update[]): void {
  const updated = new Set<Node>();
  for (const update of updates) {
    const { variable, value } = update;
    if (!isMadeBy(variable, variableOp))
      throw new LockstepError('GRAPH_INVALID', 'an update changes something that is no variable', {
        where: { op: variable.op.name },
        got: variable.op.name,
        wanted: 'a node made by variable()',
      });
    const { path } = variable.attributes;
    if (updated.has(variable))
      throw new LockstepError('GRAPH_INVALID', `variable "${path}" is updated twice`, {
        where: { op: 'variable' },
        hint: 'combine the two new values into one update',
      });
    updated.add(variable);
    const wanted = valueType(update);
    const sameShape =
      wanted.shape.length === value.shape.length &&
      wanted.shape.every((size, axis) => size === value.shape[axis]);
    if (!sameShape || wanted.dtype !== value.dtype)
      throw new LockstepError(
        sameShape ? 'DTYPE_MISMATCH' : 'SHAPE_MISMATCH',
        `the new value of variable "${path}" does not fit it`,
        { where: { op: value.op.name }, got: describe(value), wanted: describe(wanted) },
      );
  }
}

function checkGuard({ guard, outputs }: Graph): void {
  if (guard === undefined) return;
  const node = outputs[guard];
  if (node === undefined)
    throw new LockstepError('GRAPH_INVALID', 'the guard is not an output', {
      got: `"${guard}"`,
      wanted: `one of ${Object.keys(outputs).join(', ') || '(no outputs)'}`,
    });
  if (node.shape.length !== 0 || node.dtype !== 'float32')
    throw new LockstepError('GRAPH_INVALID', 'the guard is not a single number', {
      where: { op: node.op.name },
      got: describe(node),
      wanted: 'float32 []',
    });
}

function checkBatchAxes(nodes: readonly Node[], batchSize: number): void {
  for (const node of nodes) {
    if (node.batchAxis === undefined) continue;
    const rows = node.shape[node.batchAxis];
    if (rows === undefined || batchSize < 1 || rows % batchSize !== 0)
      throw new LockstepError('GRAPH_INVALID', 'a mini-batch axis does not fit the batch size', {
        where: { op: node.op.name },
        got: `${rows ?? 'no'} rows at axis ${node.batchAxis} of ${describe(node)}`,
        wanted: `a multiple of the batch size, ${batchSize}`,
      });
  }
}

/**
 * Throws unless a graph keeps every rule of a legal graph: variables are float32 and have paths of their own, each is updated
 * at most once by a value of its type, the guard is a scalar output, and mini-batch axes fit the batch size.
 *
 * @param batchSize - rows of the mini-batch, 0 when there is none
 * @throws LockstepError DUPLICATE_NAME, GRAPH_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export function checkGraph(graph: Graph, batchSize: number): void {
  checkUpdates(graph.updates);
  const nodes = topologicalOrder(rootsOf(graph));
  checkVariables(nodes);
  checkGuard(graph);
  checkBatchAxes(nodes, batchSize);
}
