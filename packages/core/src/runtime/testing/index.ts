import type { ExecutorCase } from './executorCase.ts';
import { stateCases } from './stateCases.ts';
import { valueCases } from './valueCases.ts';

export type { CaseProgram, ExecutorCase, Observation } from './executorCase.ts';

/** What every executor has to do: each runs through all of these in its own test file. */
export const executorCases: readonly ExecutorCase[] = [...stateCases, ...valueCases];
