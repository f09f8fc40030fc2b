import { gradientProgram, type PlannedStep } from '@lockstep/core/engine';
import type { StepNumbers } from '../threads/stepNumbers.ts';
import type { Unit } from './unitPlan.ts';

/** A row of steps as units: a gradient and what applies it are one. */
export interface UnitRow {
  readonly units: readonly Unit[];
  /** Steps of the engine that a unit is. */
  readonly stepsPerUnit: number;
  /** Programs that set the weights at the start, or judge them, are made by whoever comes first. */
  readonly isTraining: boolean;
}

/**
 * Finds the units of a row of steps.
 *
 * @param numbers - of programs, by name
 * @param stepNumbers - of the units that were made before
 */
export function rowOf(
  steps: readonly PlannedStep[],
  numbers: ReadonlyMap<string, number>,
  stepNumbers: StepNumbers,
): UnitRow {
  const numbered = steps.map(({ program, entry }) => ({ program: numbers.get(program) ?? -1, entry }));
  const [first, second] = steps;
  const isSplit = second !== undefined && first?.program === gradientProgram(second.program);
  const unnumbered = isSplit
    ? numbered.flatMap(({ program, entry }, at) =>
        at % 2 === 0 ? [{ program, apply: numbered[at + 1]?.program ?? -1, entry }] : [],
      )
    : numbered.map((each) => ({ ...each, apply: -1 }));
  const number = stepNumbers.take(unnumbered.length);
  return {
    units: unnumbered.map((unit, at) => ({ ...unit, number: number + at })),
    stepsPerUnit: isSplit ? 2 : 1,
    isTraining: first?.program.startsWith('train') === true,
  };
}
