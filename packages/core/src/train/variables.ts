import { LockstepError } from '../errors.ts';
import type { VariableRole } from '../graph/leaves.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { TensorAccess } from './engine.ts';
import type { PlannedVariable } from './plan.ts';

/** The value of a variable, apart from any engine. */
export interface VariableValue {
  readonly path: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: FloatArray;
}

/** Parameters, running statistics and optimizer state, by path. */
export type Variables = ReadonlyMap<string, VariableValue>;

/** Copies variables out of an engine. */
export function readVariables(
  access: TensorAccess<FloatArray>,
  planned: readonly PlannedVariable[],
): Variables {
  return new Map(
    planned.map(({ path, role, shape }) => [path, { path, role, shape, values: access.readVariable(path) }]),
  );
}

/**
 * Copies variables into an engine: those that it has. Accumulators have no value between two optimizer steps.
 *
 * @throws LockstepError UNKNOWN_OPTION when a variable of the engine has no value; SHAPE_MISMATCH
 */
export function writeVariables(access: TensorAccess<FloatArray>, variables: Variables): void {
  for (const { tensors } of access.programs.values())
    for (const { storage, shape } of tensors) {
      if (storage.kind !== 'variable' || storage.role === 'accumulator') continue;
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
      access.writeVariable(storage.path, value.values);
    }
}
