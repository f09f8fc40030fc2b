import { Worker } from 'node:worker_threads';
import { defaultSpins, HostControl } from '../../packages/parallel/src/shared/index.ts';
import { median } from '../engine/statistics.ts';
import type { BarrierTask } from './barrierWorker.ts';

const barriers = 200_000;
const repetitions = 5;
const ranks = 2;

/** Microseconds of a barrier of 2 ranks that do nothing else, each on a core of its own. */
export async function microsecondsPerBarrier(): Promise<number> {
  const control = new HostControl(ranks, defaultSpins(ranks, ranks));
  const workers = Array.from({ length: ranks }, (_, rank) => {
    const workerData: BarrierTask = {
      memory: control.memory,
      rank,
      size: ranks,
      after: control.commandNumber,
    };
    return new Worker(new URL('./barrierWorker.ts', import.meta.url), { workerData });
  });
  const times: number[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    const start = performance.now();
    control.post({ kind: 0, from: 0, to: barriers, argument: 0 });
    const { kind } = await control.finished(10_000);
    if (kind !== 'finished') throw new Error(`the barriers were ${kind}`);
    // The first one is when the threads start.
    if (repetition > 0) times.push((1000 * (performance.now() - start)) / barriers);
  }
  for (const worker of workers) await worker.terminate();
  return median(times);
}
