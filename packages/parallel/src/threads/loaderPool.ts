import { extname } from 'node:path';
import {
  type Arena,
  type BlockLoader,
  type BlockRead,
  inputNames,
  LockstepError,
  type PlannedStream,
} from '@lockstep/core/engine';
import { Piscina } from 'piscina';
import type { LoaderTask, LoadFailure } from './loaderTask.ts';
import { threadEnvironment } from './threadEnvironment.ts';
import { cores } from './workers.ts';

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const entry: string = new URL(`./loaderWorker${extname(import.meta.url)}`, import.meta.url).href;

/** Threads that read, unless somebody says how many: they share the cores with the ranks, and mostly wait for disks. */
function defaultLoaders(): number {
  return Math.max(1, Math.min(4, Math.floor(cores() / 2)));
}

const mostLoaders = 64;

function checkLoaders(loaders: number): void {
  if (Number.isInteger(loaders) && loaders >= 1 && loaders <= mostLoaders) return;
  throw new LockstepError('BAD_OPTION', 'a run cannot have this many loaders', {
    where: { field: 'loaders' },
    got: String(loaders),
    wanted: `an integer from 1 to ${mostLoaders}`,
  });
}

/** The threads that read streamed data sets into shared memory, ahead of the steps: one pool for all streams of an engine. */
export class LoaderPool {
  readonly #pool: Piscina<LoaderTask, LoadFailure | undefined>;
  readonly #access: Arena;
  #opened = 0;

  /** @throws LockstepError BAD_OPTION for a number of loaders that cannot be */
  constructor(access: Arena, loaders: number = defaultLoaders()) {
    checkLoaders(loaders);
    this.#access = access;
    this.#pool = new Piscina<LoaderTask, LoadFailure | undefined>({
      filename: entry,
      minThreads: loaders,
      maxThreads: loaders,
      // See `RankPool`: sources may have timers and sockets.
      atomics: 'disabled',
      recordTiming: false,
      env: threadEnvironment(),
    });
    // What a thread dies of between two blocks is told of by none of them; a new one takes its place.
    this.#pool.on('error', () => {});
  }

  open(stream: PlannedStream): BlockLoader {
    const number = this.#opened;
    this.#opened += 1;
    const used = inputNames(this.#access);
    const inputs = Object.fromEntries(
      Object.entries(stream.inputs).flatMap(([field, name]) =>
        used.has(name) ? [[field, this.#access.inputRows(name)] as const] : [],
      ),
    );
    const { module, options, endRow, fields } = stream;
    const task = { stream: number, schema: { module, options, endRow, fields }, inputs };
    const closing = new AbortController();
    return {
      load: async (read) => {
        const failure = await this.#pool
          .run({ ...task, memory: this.#access.memory, read }, { signal: closing.signal })
          .catch((cause: unknown) => {
            throw threadLost(read, module, cause);
          });
        if (failure) throw new LockstepError(failure.code, failure.what, failure.details);
      },
      // A thread in the middle of a block is ended: it writes to memory that others are about to have.
      close: async () => {
        closing.abort();
        await Promise.resolve();
      },
    };
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

function threadLost({ block }: BlockRead, module: string, cause: unknown): LockstepError {
  return new LockstepError('BAD_SOURCE', `the thread that was to read block ${block} ended`, {
    where: { field: 'streamed.module', file: module },
    got: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
