import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSpins, HostControl, recover } from '../shared/index.ts';
import { type PoolTask, RankPool } from './rankPool.ts';
import { cores } from './workers.ts';

/** A thread that is gone. */
export interface Loss {
  readonly rank: number;
  readonly error: unknown;
}

/** How long ranks have to end by themselves, in milliseconds. */
const closingTime = 1000;
/** How long threads have to start before they may be ended, and the time between two looks at them. */
const startingTime = 10_000;
const startingTick = 10;

/** The ranks of an engine and their threads: started, watched, replaced, ended. */
export class RankCrew<T extends PoolTask> {
  readonly control: HostControl;
  /** All threads that were lost, in order. */
  readonly losses: Loss[] = [];
  readonly #pool: RankPool<T>;
  readonly #taskOf: (rank: number, control: HostControl) => T;
  readonly #running = new Map<number, Promise<void>>();
  #closing = false;

  /**
   * @param taskOf - what to tell a thread that begins now
   * @param pool - its threads, which end with it. Default: those of ranks that keep together
   */
  constructor(
    size: number,
    taskOf: (rank: number, control: HostControl) => T,
    pool: RankPool<T> = new RankPool<T>(size),
  ) {
    this.control = new HostControl(size, defaultSpins(size, cores()));
    this.#taskOf = taskOf;
    this.#pool = pool;
    for (let rank = 0; rank < size; rank += 1) this.#start(rank);
  }

  /**
   * Replaces the threads that are gone, and those that do not answer, and brings all ranks to where they wait for a
   * command. The group is aborted or `missing` are late.
   *
   * @param grace - milliseconds that a rank has to leave its kernel
   * @throws LockstepError WORKER_LOST if a thread can be neither reached nor ended
   */
  async recover(missing: readonly number[], grace: number): Promise<void> {
    for (const rank of missing)
      this.#pool.terminate(rank, new Error(`it hung at step ${this.control.heartbeat(rank).step}`));
    await recover(this.control, {
      terminate: (rank) => this.#pool.terminate(rank, new Error('it did not leave its step')),
      restart: (rank) => this.#start(rank),
      grace,
    });
  }

  /**
   * Ends all threads.
   *
   * @param closeKind - the command that ranks end by, if they are waiting for one
   */
  async close(closeKind?: number): Promise<void> {
    this.#closing = true;
    await this.#started();
    if (closeKind !== undefined) {
      this.control.post({ kind: closeKind, from: 0, to: 0, argument: 0 });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, closingTime);
      });
      await Promise.race([Promise.all(this.#running.values()), late]);
      clearTimeout(timer);
    }
    await this.#pool.close();
  }

  /**
   * Waits until no thread is starting any more. One that is terminated while it sets up calls to the system takes the process with
   * it: the error that the calls' setting up ends with cannot be thrown there.
   */
  async #started(): Promise<void> {
    const until = performance.now() + startingTime;
    while (
      performance.now() < until &&
      this.control.heartbeats().some(({ rank, state }) => state === 'starting' && this.#running.has(rank))
    )
      await sleep(startingTick);
  }

  #start(rank: number): void {
    const running = this.#pool
      .run(this.#taskOf(rank, this.control))
      .catch((error: unknown) => this.#lose({ rank, error }))
      .finally(() => {
        if (this.#running.get(rank) === running) this.#running.delete(rank);
      });
    this.#running.set(rank, running);
  }

  async #lose(loss: Loss): Promise<void> {
    if (this.#closing) return;
    // Whoever answers for the rank must be sure that it writes no more.
    await this.#pool.departed();
    this.losses.push(loss);
    this.control.exited(loss.rank);
  }
}
