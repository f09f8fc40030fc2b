import type { Run, WorkerStaleness } from '@lockstep/core';
import { train } from '@lockstep/parallel';
import type { Timing } from '../engine/quiet.ts';
import { type Side, slowFactor } from './sides.ts';
import type { CurvePoint } from './timeToLoss.ts';

/** A whole training. `seconds` and `cpuSeconds` are those of all of it; the times of the curve are those of its steps. */
export interface Outcome extends Timing {
  /** At the end of each epoch, with all workers at rest. */
  readonly curve: readonly CurvePoint[];
  /** Mean over the last epoch, at the weights that its mini-batches found. */
  readonly lastEpochLoss: number;
  /** Of the last epoch's updates: how many others came between reading the weights and updating them; if there can be any. */
  readonly staleness: { readonly mean: number; readonly max: number } | undefined;
}

/** That of all workers together. */
function combined(workers: readonly WorkerStaleness[]): NonNullable<Outcome['staleness']> {
  const updates = workers.reduce((sum, worker) => sum + worker.updates, 0);
  const late = workers.reduce((sum, worker) => sum + worker.updates * worker.mean, 0);
  return { mean: updates === 0 ? 0 : late / updates, max: Math.max(0, ...workers.map(({ max }) => max)) };
}

/** Trains a run on worker threads of this process. */
export async function trainOnce(run: Run, { mode, workers, slow }: Side): Promise<Outcome> {
  const curve: CurvePoint[] = [];
  let staleness: Outcome['staleness'];
  let trained = 0;
  const [start, cpuStart] = [performance.now(), process.cpuUsage()];
  const { loss } = await train(run, {
    workers,
    mode,
    ...(slow && { slow: { rank: workers - 1, factor: slowFactor } }),
    onEvent: (event) => {
      if (event.type !== 'epoch') return;
      trained += run.train.rows / event.samplesPerSecond;
      curve.push({ seconds: trained, loss: event.valLoss ?? Number.NaN });
      staleness = event.staleness && combined(event.staleness);
    },
  });
  const { user, system } = process.cpuUsage(cpuStart);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    curve,
    lastEpochLoss: loss,
    staleness,
  };
}
