import { LockstepError } from '../errors.ts';
import type { VariableAttributes, VariableRole } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { sizeOf } from '../tensor/tensorType.ts';

/** The value of a variable, apart from any executor. */
export interface VariableValue {
  readonly path: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: FloatArray;
}

/** Parameters, running statistics and optimizer state, by path. */
export type Variables = ReadonlyMap<string, VariableValue>;

/** Copies variables out of an executor. */
export function readVariables(
  executor: Executor<FloatArray>,
  nodes: ReadonlyMap<string, Node<VariableAttributes>>,
): Variables {
  return new Map(
    Array.from(
      nodes,
      ([
        path,
        {
          shape,
          attributes: { role },
        },
      ]) => [path, { path, role, shape, values: executor.readVariable(path) }],
    ),
  );
}

/**
 * Copies variables into an executor: those that it has.
 *
 * @throws LockstepError UNKNOWN_OPTION when a variable of the executor has no value; SHAPE_MISMATCH
 */
export function writeVariables(executor: Executor<FloatArray>, variables: Variables): void {
  for (const { tensors } of executor.programs.values())
    for (const { storage, shape } of tensors) {
      if (storage.kind !== 'variable') continue;
      const value = variables.get(storage.path);
      if (value === undefined)
        throw new LockstepError('UNKNOWN_OPTION', `there is no value for the variable "${storage.path}"`, {
          where: { field: 'variables' },
        });
      if (value.values.length !== sizeOf(shape))
        throw new LockstepError('SHAPE_MISMATCH', `the value of "${storage.path}" has another shape`, {
          where: { field: 'variables' },
          got: `[${value.shape.join(', ')}]`,
          wanted: `[${shape.join(', ')}]`,
        });
      executor.writeVariable(storage.path, value.values);
    }
}
