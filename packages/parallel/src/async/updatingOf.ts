import { gradientProgram, type Program } from '@lockstep/core/engine';
import { updatingPhases } from '../threads/work.ts';

/**
 * Of each phase of each program: whether it changes what is trained. A program that leaves its gradient to another one stores
 * nothing but that, and what the other one needs.
 */
export function updatingOf(programs: readonly Program[]): readonly (readonly boolean[])[] {
  const gradients = new Set(programs.map(({ name }) => gradientProgram(name)));
  return programs.map((program) =>
    gradients.has(program.name) ? program.phases.map(() => false) : updatingPhases(program),
  );
}
