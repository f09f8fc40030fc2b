import type { Compilation, ProgramSource } from '@lockstep/core/engine';
import { mostWork } from './work.ts';

/** Two ways to make the same training step, of which one is to be chosen by trying both; plain data. */
export interface ReduceTrial {
  /** Names of the programs. */
  readonly fused: string;
  readonly tree: string;
  /** Steps that may be made on trial, of both together. */
  readonly mostSteps: number;
}

/** With more lanes the buffers, one for each, leave the caches: a tree was never seen to be faster. */
const mostLanes = 8;
/** Seconds of a point of a nest on one core, about: 16 to 33 ps for products, the rest is dearer. */
const secondsPerPoint = 3e-11;
/**
 * Seconds that a run has to be expected to take for a trial to be worth it: another program to compile and a tenth of a
 * second of steps, for a few per cent at best.
 */
const leastSeconds = 10;
/** The share of all steps that may be made on trial. */
const trialShare = 1 / 50;

/**
 * Whether trying a tree of lanes may pay, and what to compile for that. It may not if there is nothing to combine, or if a
 * worker would have more lanes to sum than another, or nothing but the waiting for it; nor in a short run.
 *
 * @param compilation - of the sources, fused
 * @param steps - training steps that are to be made
 */
export function planReduceTrial(
  sources: readonly ProgramSource[],
  compilation: Compilation,
  steps: number,
): { readonly trial: ReduceTrial; readonly source: ProgramSource } | undefined {
  const { programs, workers } = compilation;
  const training = sources.filter(({ graph, batchSize }) => graph.updates.length > 0 && batchSize > 0);
  const [largest] = [...training].sort((a, b) => b.batchSize - a.batchSize);
  if (largest === undefined || workers === 1) return undefined;
  const { graph, lanes } = largest;
  if (lanes < 2 || lanes > mostLanes || lanes % workers !== 0) return undefined;
  const seconds = (mostWork(programs).points * steps * secondsPerPoint) / workers;
  if (seconds < leastSeconds) return undefined;
  const tree = `${graph.name}.tree`;
  return {
    trial: { fused: graph.name, tree, mostSteps: Math.floor(steps * trialShare) },
    source: { ...largest, graph: { ...graph, name: tree }, insteadOf: graph.name, reduce: 'tree' },
  };
}
