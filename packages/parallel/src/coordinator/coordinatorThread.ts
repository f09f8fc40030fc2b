/// <reference path="./comlinkNodeAdapter.d.ts" />
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LockstepError } from '@lockstep/core';
import { type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { threadEnvironment } from '../threads/threadEnvironment.ts';
import type { CoordinatorApi } from './protocol.ts';

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const defaultEntry = new URL(`./coordinatorWorker${extname(import.meta.url)}`, import.meta.url);

/** The caller's side of the coordinator's thread. */
export class CoordinatorThread {
  readonly #worker: Worker;
  readonly #remote: Remote<CoordinatorApi>;
  /** Rejects when the thread ends; it does not end by itself. */
  readonly #gone: Promise<never>;

  /** Starts the thread. */
  constructor(entry: URL = defaultEntry) {
    this.#worker = new Worker(entry, { env: threadEnvironment() });
    this.#remote = wrap<CoordinatorApi>(nodeEndpoint(this.#worker));
    this.#gone = new Promise((_, reject) => {
      this.#worker.once('error', (cause) => {
        reject(new LockstepError('WORKER_LOST', 'the thread that drives the run failed', { cause }));
      });
      this.#worker.once('exit', (code) => {
        reject(new LockstepError('WORKER_LOST', `the thread that drives the run exited with code ${code}`));
      });
    });
    this.#gone.catch(() => {});
  }

  /**
   * Asks the coordinator something. A call to a thread that has exited would stay pending for ever: it is raced with
   * the exit.
   *
   * @throws LockstepError WORKER_LOST when the thread has ended
   */
  async ask<T>(question: (coordinator: Remote<CoordinatorApi>) => Promise<T>): Promise<T> {
    return await Promise.race([question(this.#remote), this.#gone]);
  }

  /** Ends the thread, and with it all threads that it has started. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
