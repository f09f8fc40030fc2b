import { type BlockEpoch, type BlockShuffle, blockEpoch, rowsOfBlock } from '../data/blockOrder.ts';
import { LockstepError } from '../errors.ts';
import type { FloatArray } from '../runtime/executor.ts';
import type { BlockLoader, Engine, PlannedStream, StopSignal } from './engine.ts';
import { localLoader } from './localLoader.ts';
import type { PassPlan } from './pass.ts';

/** Milliseconds between two looks at whether a stop is asked for. */
const tick = 50;

/** A block that was asked for. */
interface Loading {
  /** Resolves when the block is there or cannot be had; never rejects. */
  readonly settled: Promise<void>;
  isThere: boolean;
  failure: unknown;
}

export interface FeedOptions {
  /** Rows are shuffled by it. Default: they keep their order. */
  readonly seed?: number | undefined;
  /** Times that the data set is gone through, at most. Default 1. */
  readonly epochs?: number;
}

/**
 * Brings the rows of a streamed pass into memory ahead of its steps. The block that is read as number q of an epoch goes to
 * slot q mod slots, which the tables of rows are written by: where a row is depends on nothing that happens. A slot is
 * read into again once every step that reads it has been made.
 *
 * Blocks are counted over all epochs, each of which takes as many numbers as fill whole rounds of the slots; there is
 * nothing to read for those without a block.
 */
export class DataFeed {
  /** Seconds. */
  #waited = 0;
  readonly #pass: PassPlan;
  readonly #stream: PlannedStream;
  readonly #blocks: BlockShuffle;
  readonly #loader: BlockLoader;
  readonly #seed: number | undefined;
  readonly #perEpoch: number;
  readonly #end: number;
  /** By slot: the newest block that it was asked for. */
  readonly #loading = new Map<number, Loading>();
  readonly #epochs = new Map<number, BlockEpoch>();
  /** Number of the first block that may still be needed: those before it give their slots away. */
  #kept = 0;
  /** Number of the first block that was not asked for. */
  #asked = 0;
  #arrived = 0;

  constructor(
    pass: PassPlan,
    stream: PlannedStream,
    blocks: BlockShuffle,
    loader: BlockLoader,
    { seed, epochs = 1 }: FeedOptions,
  ) {
    this.#pass = pass;
    this.#stream = stream;
    this.#blocks = blocks;
    this.#loader = loader;
    this.#seed = seed;
    this.#perEpoch = Math.ceil(this.#epoch(0).blocks.length / stream.slots) * stream.slots;
    this.#end = epochs * this.#perEpoch;
  }

  /**
   * Waits until the rows of a step are in memory. The first step that is asked for may be any; those after it follow.
   *
   * @param epoch - times that the data set was gone through before
   * @returns the step before which all may be made from `step` on; undefined once a stop is asked for
   * @throws LockstepError BAD_SOURCE when a block cannot be read or does not come; what else the loader throws
   */
  async ready(epoch: number, step: number, signal?: undefined): Promise<number>;
  async ready(epoch: number, step: number, signal: StopSignal): Promise<number | undefined>;
  async ready(epoch: number, step: number, signal?: StopSignal): Promise<number | undefined> {
    const { steps } = this.#pass;
    const { windows, blocks } = this.#epoch(epoch);
    const { start = 0, rows = 0 } = steps[step] ?? {};
    const window = windowAt(windows, start + rows - 1);
    const first = epoch * this.#perEpoch + windowAt(windows, start) * this.#blocks.window;
    const end = epoch * this.#perEpoch + Math.min((window + 1) * this.#blocks.window, blocks.length);
    this.#keepFrom(first);
    const needed = Array.from({ length: end - first }, (_, at) => this.#slot(first + at));
    if (!(await this.#arrival(needed, signal))) return undefined;
    const limit = windows[window + 1] ?? 0;
    const after = steps.findIndex((each, at) => at > step && each.start + each.rows > limit);
    return after < 0 ? steps.length : after;
  }

  /** All steps of an epoch before this one are made: what they alone have read may be overwritten. */
  passed(epoch: number, step: number): void {
    const next = this.#pass.steps[step];
    const { windows } = this.#epoch(epoch);
    const before = next === undefined ? this.#perEpoch : windowAt(windows, next.start) * this.#blocks.window;
    this.#keepFrom(epoch * this.#perEpoch + before);
  }

  /** Seconds for which {@link ready} has waited since this was asked last. */
  takeWaited(): number {
    const waited = this.#waited;
    this.#waited = 0;
    return waited;
  }

  async close(): Promise<void> {
    await this.#loader.close();
  }

  #epoch(epoch: number): BlockEpoch {
    const { dataRows } = this.#pass;
    const draw = this.#seed === undefined ? undefined : { seed: this.#seed, epoch };
    const found = this.#epochs.get(epoch) ?? blockEpoch(dataRows, this.#blocks, draw);
    this.#epochs.set(epoch, found);
    this.#epochs.delete(epoch - 2);
    return found;
  }

  #slot(number: number): Loading | undefined {
    return this.#loading.get(number % this.#stream.slots);
  }

  /** Lets go of the blocks before this one, and asks for as many as there is room for. */
  #keepFrom(number: number): void {
    this.#kept = Math.max(this.#kept, number);
    this.#asked = Math.max(this.#asked, this.#kept);
    const end = Math.min(this.#end, this.#kept + this.#stream.slots);
    for (; this.#asked < end; this.#asked += 1) this.#ask(this.#asked);
  }

  #ask(number: number): void {
    const at = number % this.#perEpoch;
    const { blocks } = this.#epoch(Math.floor(number / this.#perEpoch));
    const block = blocks[at];
    if (block === undefined) return;
    const { blockRows, firstRow, slots } = this.#stream;
    const slot = number % slots;
    const read = {
      block,
      start: firstRow + block * blockRows,
      count: rowsOfBlock(block, this.#pass.dataRows, this.#blocks),
      into: slot * blockRows,
    };
    // A block that no step needed may still be on its way to the slot.
    const before = this.#loading.get(slot)?.settled ?? Promise.resolve();
    const loading: Loading = {
      settled: before
        .then(async () => await this.#loader.load(read))
        .then(
          () => {
            loading.isThere = true;
            this.#arrived += 1;
          },
          (error: unknown) => {
            loading.failure = error;
          },
        ),
      isThere: false,
      failure: undefined,
    };
    this.#loading.set(slot, loading);
  }

  /** @returns whether all are there; otherwise a stop is asked for */
  async #arrival(needed: readonly (Loading | undefined)[], signal: StopSignal | undefined): Promise<boolean> {
    const started = performance.now();
    let [arrived, since] = [this.#arrived, started];
    try {
      for (;;) {
        for (const loading of needed) if (loading?.failure !== undefined) throw loading.failure;
        const missing = needed.find((loading) => loading?.isThere === false);
        if (missing === undefined) return true;
        if (signal?.aborted === true) return false;
        await settledWithin(missing.settled, tick);
        const now = performance.now();
        if (this.#arrived > arrived) [arrived, since] = [this.#arrived, now];
        if (now - since > this.#stream.readSeconds * 1000) throw this.#late();
      }
    } finally {
      this.#waited += (performance.now() - started) / 1000;
    }
  }

  #late(): LockstepError {
    const { module, readSeconds } = this.#stream;
    const at = this.#kept % this.#perEpoch;
    const { blocks } = this.#epoch(Math.floor(this.#kept / this.#perEpoch));
    const missing = Array.from(
      { length: this.#asked - this.#kept },
      (_, ahead) => [blocks[at + ahead], this.#slot(this.#kept + ahead)] as const,
    ).find(([, loading]) => loading?.isThere === false);
    return new LockstepError('BAD_SOURCE', `block ${missing?.[0]} of the streamed rows does not come`, {
      where: { field: 'streamed.module', file: module },
      got: `nothing for ${readSeconds} seconds`,
      hint: 'A source that is slow may have more time: readSeconds.',
    });
  }
}

/** The window of a position. */
function windowAt(windows: readonly number[], position: number): number {
  return windows.findLastIndex((start) => start <= position);
}

async function settledWithin(settled: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([settled, late]);
  clearTimeout(timer);
}

/** What brings the rows of a pass, if they are streamed; to be closed before the engine. */
export function openFeed(
  engine: Engine<FloatArray>,
  pass: PassPlan,
  options: FeedOptions = {},
): DataFeed | undefined {
  const { stream, blocks } = pass;
  if (stream === undefined || blocks === undefined) return undefined;
  const loader = engine.openLoader?.(stream) ?? localLoader(stream, engine.access);
  return new DataFeed(pass, stream, blocks, loader, options);
}
