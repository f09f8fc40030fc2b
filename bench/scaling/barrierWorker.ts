// A rank that meets the others as often as it is told to; see `barrierLoop.ts`.
import { workerData } from 'node:worker_threads';
import { RankControl } from '../../packages/parallel/src/shared/index.ts';

export interface BarrierTask {
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  readonly size: number;
  readonly after: number;
}

const { memory, ...options }: BarrierTask = workerData;
const control = new RankControl(memory, options);
for (;;) {
  const command = control.nextCommand();
  if (command === undefined) break;
  for (let count = command.from; count < command.to; count += 1) control.barrier(true);
  control.finish('done');
}
