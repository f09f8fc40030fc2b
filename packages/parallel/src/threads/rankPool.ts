import { extname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { threadEnvironment } from './threadEnvironment.ts';

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const rankEntry: string = new URL(`./rankWorker${extname(import.meta.url)}`, import.meta.url).href;

/** What a thread is told; the rest is between who starts it and its entry. */
export interface PoolTask {
  readonly programs: { readonly rank: number };
}

/**
 * The threads of the ranks. A barrier needs all of them at once, so there are exactly as many as ranks, each with one
 * long task.
 */
export class RankPool<T extends PoolTask> {
  readonly #pool: Piscina<T, void>;
  readonly #tasks = new Map<number, AbortController>();
  /** Of every thread there has been: resolves when it has exited. */
  readonly #exits = new Map<Worker, Promise<void>>();

  /** @param entry - URL of the module that a thread runs */
  constructor(size: number, entry: string = rankEntry) {
    this.#pool = new Piscina<T, void>({
      filename: entry,
      minThreads: size,
      maxThreads: size,
      // A thread between two tasks waits for messages as any other does: with 'sync' it would sleep in Atomics.wait, its
      // event loop with it. The latency that saves is nothing to tasks that last as long as the run.
      atomics: 'disabled',
      recordTiming: false,
      env: threadEnvironment(),
    });
    // A thread that dies between two tasks, of which there is nothing to say: a new one takes its place.
    this.#pool.on('error', () => {});
    // A rank that asks to be terminated; see `ChaosPoint`.
    this.#pool.on('message', (threadId: unknown) => {
      const thread = this.#pool.threads.find((candidate) => candidate.threadId === threadId);
      void thread?.terminate();
    });
    this.#watchExits();
  }

  /**
   * Runs a rank until it is told to close.
   *
   * @returns rejects when the rank throws, or when its thread exits
   */
  async run(task: T): Promise<void> {
    const stop = new AbortController();
    this.#tasks.set(task.programs.rank, stop);
    const ended = this.#pool.run(task, { signal: stop.signal });
    this.#watchExits();
    try {
      await ended;
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      // The pool has replaced a thread that died by now.
      this.#watchExits();
    }
  }

  /** Terminates the thread of a rank, whatever it does; its `run` rejects with the reason. */
  terminate(rank: number, reason: Error): void {
    this.#tasks.get(rank)?.abort(reason);
  }

  /**
   * Resolves when all threads that the pool has given up have exited. Until then one may still write: a task is over
   * when its thread is told to stop, not when it has stopped.
   */
  async departed(): Promise<void> {
    const kept = new Set(this.#pool.threads);
    const gone = [...this.#exits].filter(([thread]) => !kept.has(thread));
    await Promise.all(gone.map(([, exit]) => exit));
    for (const [thread] of gone) this.#exits.delete(thread);
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await this.departed();
  }

  #watchExits(): void {
    for (const thread of this.#pool.threads)
      if (!this.#exits.has(thread))
        this.#exits.set(thread, new Promise((resolve) => thread.once('exit', () => resolve())));
  }
}
