import type { Program } from '@lockstep/core/engine';

/** Which phases of each program change variables. */
export function updatingPhases(programs: readonly Program[]): readonly (readonly boolean[])[] {
  return programs.map(({ tensors, phases }) =>
    phases.map(({ groups }) =>
      groups.some(({ kernels }) =>
        kernels.some(({ nest }) =>
          nest.stores.some(({ tensor }) => tensors[tensor]?.storage.kind === 'variable'),
        ),
      ),
    ),
  );
}
