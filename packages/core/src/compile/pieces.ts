import { expectedLoads } from './balance.ts';
import type { Phase, Program } from './program.ts';

/** Of a share that is worth cutting. Four were no faster, and each costs a pass over the weights. */
const pieces = 2;

/**
 * Multiplications with an addition that a share has to have to be cut: some 20 microseconds. A piece more costs a call of
 * every kernel, and a word that two cores want.
 */
const leastLoad = 1_000_000;

/** Part of a share that may be replicated work, which every piece repeats. */
const mostReplicated = 0.01;

/**
 * Cuts the shares of long phases into pieces, the last of which any worker may make. Workers seldom run equally fast: one
 * waits for memory, or its core for somebody else; with more workers than cores, some do not run at all. Then those that
 * are done help.
 */
export function cutShares(program: Program, workers: number): Program {
  if (workers === 1) return program;
  return {
    ...program,
    phases: program.phases.map((phase) => (isWorthCutting(phase, workers) ? { ...phase, pieces } : phase)),
  };
}

function isWorthCutting(phase: Phase, workers: number): boolean {
  const load = Math.max(...expectedLoads(phase, workers));
  const replicated = phase.groups.map(({ kernels }) => ({
    kernels: kernels.filter(({ split }) => split.kind === 'replicated'),
    chunk: 1,
  }));
  const [repeated = 0] = expectedLoads({ groups: replicated }, 1);
  return load >= leastLoad && repeated <= mostReplicated * load;
}
