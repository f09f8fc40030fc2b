import { parentPort, threadId } from 'node:worker_threads';

/** How a rank fails: throws, ends its thread, goes on for ever, has its thread ended by another, or has the process killed. */
export type ChaosKind = 'throw' | 'exit' | 'hang' | 'terminate' | 'kill';

/**
 * A failure on purpose. An aid for tests, as plain data, because it has to reach the rank's thread: each point fails
 * one rank once.
 */
export interface ChaosPoint {
  readonly kind: ChaosKind;
  readonly rank: number;
  /** A step of the engine's life, from 0. */
  readonly step: number;
  /**
   * The phase of that step before which the rank fails; or `copy`: in the first copy of the variables from that step on; or
   * `meeting`, if that step is the last of a round of replicas: when the rank has written its share of what they meet in.
   */
  readonly phase: number | 'copy' | 'meeting';
}

/** The failures of one rank, and which have happened: a thread that takes the rank over does not repeat them. */
export class Chaos {
  readonly #points: readonly ChaosPoint[];
  readonly #rank: number;
  readonly #happened: Uint8Array;

  /** @param happened - a byte for each point, shared by all threads that the rank will ever have */
  constructor(points: readonly ChaosPoint[], rank: number, happened: SharedArrayBuffer) {
    this.#points = points;
    this.#rank = rank;
    this.#happened = new Uint8Array(happened);
  }

  /** Fails if there is a failure for this point. */
  at(step: number, phase: ChaosPoint['phase']): void {
    const due = this.#points.findIndex(
      (point, index) =>
        point.rank === this.#rank &&
        point.phase === phase &&
        (phase === 'copy' ? point.step <= step : point.step === step) &&
        this.#happened[index] === 0,
    );
    const point = this.#points[due];
    if (point === undefined) return;
    this.#happened[due] = 1;
    fail(point);
  }
}

function fail({ kind, rank, step, phase }: ChaosPoint): never {
  if (kind === 'throw') throw new Error(`rank ${rank} fails at step ${step}, ${phase}, as it was told to`);
  if (kind === 'exit') process.exit(9);
  if (kind === 'kill') process.kill(process.pid, 'SIGKILL');
  if (kind === 'terminate') parentPort?.postMessage(threadId);
  for (;;);
}
