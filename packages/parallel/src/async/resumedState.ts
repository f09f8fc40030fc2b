import type { RunPlan, RunState, Variables, VariableValue } from '@lockstep/core/engine';
import { isOuterMomentum } from './outerMomentum.ts';

/** A state that fits a run, and what the user should know of it. */
export interface ResumedState {
  readonly state: RunState;
  readonly warnings: readonly string[];
}

/**
 * Makes the state of a run in one mode one of the same run in another. They differ in the outer momentum: there is one in mode
 * `local`, if it is asked for. What is left of it ends, and one that there was not begins at 0.
 *
 * @param plan - of the run that goes on, in its mode
 */
export function resumedState({ variables }: Pick<RunPlan, 'variables'>, state: RunState): ResumedState {
  const wanted = variables.filter(isOuterMomentum);
  const planned = new Set(wanted.map(({ path }) => path));
  const isLeft = (value: VariableValue): boolean => !isOuterMomentum(value) || planned.has(value.path);
  const fit = (values: Variables): Variables => {
    const begun = wanted
      .filter(({ path }) => !values.has(path))
      .map(({ path, role, shape }): VariableValue => {
        const length = shape.reduce((product, size) => product * size, 1);
        return { path, role, shape, values: new Float32Array(length) };
      });
    return new Map([...[...values.values()].filter(isLeft), ...begun].map((value) => [value.path, value]));
  };
  const given = [...state.variables.values()];
  const warnings = [
    ...(given.every(isLeft) ? [] : ['the run goes on without the outer momentum that it had so far']),
    ...(wanted.every(({ path }) => state.variables.has(path))
      ? []
      : ['the run had no outer momentum so far: it begins at 0']),
  ];
  if (warnings.length === 0) return { state, warnings };
  const { best } = state.loop;
  const loop = best ? { ...state.loop, best: { ...best, variables: fit(best.variables) } } : state.loop;
  return { state: { ...state, loop, variables: fit(state.variables) }, warnings };
}
