import type { PlannedVariable, Program } from '@lockstep/core/engine';

const prefix = 'outer.momentum.';

/** Path of the outer momentum of a parameter. */
export const outerMomentumPath = (path: string): string => `${prefix}${path}`;

/** Whether a variable is the outer momentum of a parameter. */
export const isOuterMomentum = ({ path, role }: Pick<PlannedVariable, 'path' | 'role'>): boolean =>
  role === 'optimizer' && path.startsWith(prefix);

/** What the outer momentum is kept in, for all parameters that have one. */
export function momentumVariables(variables: readonly PlannedVariable[]): readonly PlannedVariable[] {
  return variables
    .filter(({ role, trainable }) => role === 'parameter' && trainable)
    .map(({ path, shape }) => {
      return { path: outerMomentumPath(path), role: 'optimizer', shape, trainable: false };
    });
}

/**
 * Gives the outer momentum names: a program without phases, whose tensors lie like parameters and what is derived from them.
 *
 * @param offsetOf - in the state's segment, of what lies like the start of a segment
 */
export function momentumProgram(
  programs: readonly Program[],
  trained: ReadonlySet<string>,
  offsetOf: (segment: 'parameters' | 'derived') => number,
): Program {
  const tensors = programs.flatMap((program) =>
    program.tensors.flatMap((tensor) => {
      const { storage, place } = tensor;
      const isCopied = storage.kind === 'variable' || storage.kind === 'derived';
      if (!isCopied || !trained.has(storage.path)) return [];
      if (place?.segment !== 'parameters' && place?.segment !== 'derived') return [];
      const path = outerMomentumPath(storage.path);
      return [
        {
          ...tensor,
          name: outerMomentumPath(tensor.name),
          storage:
            storage.kind === 'variable'
              ? { ...storage, path, role: 'optimizer' as const }
              : { ...storage, path },
          place: { segment: 'state' as const, offset: offsetOf(place.segment) + place.offset, stepStride: 0 },
        },
      ];
    }),
  );
  return { name: 'outer', tensors, phases: [], batchSize: 0, lanes: 1, steps: 0 };
}
