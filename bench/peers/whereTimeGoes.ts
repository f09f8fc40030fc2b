import { availableParallelism } from 'node:os';
import { shareOfTime, summariseSpans } from '@lockstep/parallel';
import type { Network } from '../engine/networks.ts';
import { profile } from '../engine/profile.ts';
import { trace } from '../scaling/trace.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** What the workers do with their time, and the kernels of a step in one thread. */
export async function whereTimeGoes(network: Network, log: (line: string) => void): Promise<string> {
  const traced = await trace(network, availableParallelism(), log);
  const summaries = traced.timelines.map(summariseSpans);
  const shares = shareOfTime(summaries);
  const recorded = summaries.reduce(
    (sum, { compute, update, wait, steps }) => sum + (compute + update + wait) / steps / summaries.length,
    0,
  );
  const step = 1000 * traced.secondsPerStep;
  const { markdown } = await profile.measure({ networks: [network], rounds: 1, log });
  return [
    `Of a step of ${(1000 * step).toFixed(1)} µs the workers spend ${percent(recorded / step)} in steps: ${percent(shares.compute)} of that in rows (forward, loss, deltas), ${percent(shares.update)} in parameters (weight gradients and updates), ${percent(shares.wait)} waiting for each other. The rest lies between rows of steps: tables of the next epoch, the copy of the variables, the loop. The kernels, in one thread:`,
    markdown,
  ].join('\n\n');
}
