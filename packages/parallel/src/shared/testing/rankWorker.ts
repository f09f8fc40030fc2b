import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome } from '../commands.ts';
import { requestBits } from '../layout.ts';
import { RankControl } from '../rankControl.ts';
import { misbehaviours, type RankWorkerData, workKinds, workStride } from './rankWork.ts';

const { memory, work, rank, size, after, deadline }: RankWorkerData = workerData;
const control = new RankControl(memory, { rank, size, after, deadline });
/** Read and written without Atomics: only the barrier keeps what is seen here right. */
const cells = new Int32Array(work);
let random = 88_172_645 + rank;

/** Works for up to `most` turns. */
function delay(most: number): void {
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  for (let turn = (random >>> 0) % most; turn > 0; turn--) cells[rank * workStride + 1] = turn;
}

function misbehave(how: number): void {
  if (how === misbehaviours.throw) throw new Error('as asked for');
  if (how === misbehaviours.exit) process.exit(0);
  while (how === misbehaviours.hang) delay(10);
}

/** Meets the others twice a round: after writing, and after having read what they wrote. */
function meet(from: number, to: number, misbehaviour: number): Outcome | undefined {
  for (let round = from; round < to; round++) {
    if (rank === 1 && misbehaviour !== 0 && round === (from + to) >> 1) misbehave(misbehaviour);
    delay(round % 64 === 0 ? 20_000 : 50);
    cells[rank * workStride] = round;
    if (control.barrier(false) < 0) return undefined;
    for (let other = 0; other < size; other++) if (cells[other * workStride] !== round) return 'diverged';
    control.showProgress(round + 1, 0);
    const requests = control.barrier(true);
    if (requests < 0) return undefined;
    if ((requests & requestBits.stop) !== 0) return 'stopped';
  }
  return 'done';
}

for (;;) {
  const command = control.nextCommand();
  if (command?.kind === workKinds.close) break;
  let outcome: Outcome | undefined;
  try {
    outcome = command && meet(command.from, command.to, command.argument);
  } catch {
    control.fail();
  }
  if (outcome === undefined) control.acknowledgeAbort();
  else control.finish(outcome);
}
parentPort?.postMessage('closed');
