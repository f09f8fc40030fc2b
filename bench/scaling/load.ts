import { compile } from '@lockstep/core/engine';
import type { Kernel, Phase, Program, Split } from '../../packages/core/src/compile/program.ts';
import { unitsFor } from '../../packages/core/src/compile/program.ts';
import { trainGraph } from '../../packages/core/src/train/graphs.ts';
import type { Network } from '../engine/networks.ts';
import { runOf } from '../engine/training.ts';

/** Points of the nest: what its time is taken to be proportional to. */
function workOf({ nest }: Kernel): number {
  return nest.axes.reduce((points, { size }) => points * size, 1);
}

/** The share of a kernel that a rank computes. */
function shareOf(split: Split, rank: number, ranks: number): number {
  if (split.kind === 'replicated') return 1;
  if (split.kind === 'single') return rank === 0 ? 1 : 0;
  const { from, end } = unitsFor(split, rank, ranks);
  return (end - from) / split.units;
}

/** The share of a phase's work that the busiest rank does. */
export function busiestShare({ groups }: Pick<Phase, 'groups'>, ranks: number): number {
  const kernels = groups.flatMap((group) => group.kernels);
  const total = kernels.reduce((sum, kernel) => sum + workOf(kernel), 0);
  const loads = Array.from({ length: ranks }, (_, rank) =>
    kernels.reduce((sum, kernel) => sum + workOf(kernel) * shareOf(kernel.split, rank, ranks), 0),
  );
  return Math.max(...loads) / total;
}

/** The training step of a network, compiled for a number of workers. */
export function trainingProgram(network: Network, workers: number): Program {
  const { task, train, batchSize, lanes } = runOf(network, { rows: network.batch });
  const { graph } = trainGraph(task, { data: train, batchSize });
  const { programs } = compile([{ graph, batchSize, lanes, steps: 1 }], { workers });
  const [program] = programs;
  if (program === undefined) throw new Error('nothing was compiled');
  return program;
}
