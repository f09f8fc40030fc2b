import { extname } from 'node:path';
import type { WorkerStaleness } from '@lockstep/core';
import {
  Arena,
  type BlockLoader,
  type Engine,
  LockstepError,
  type PlannedStep,
  type PlannedStream,
  type RunSteps,
  requireSteps,
  type StepsResult,
  workerPrograms,
} from '@lockstep/core/engine';
import { LoaderPool } from '../threads/loaderPool.ts';
import { defaultLosses, tooManyLosses, updateWarning } from '../threads/losses.ts';
import { RankCrew } from '../threads/rankCrew.ts';
import { RankPool } from '../threads/rankPool.ts';
import { StepNumbers } from '../threads/stepNumbers.ts';
import type { EngineOptions } from '../threads/threadsOptions.ts';
import type { FreeProgram } from './compileFree.ts';
import { type FreeTask, freeCommands, mustEnd } from './freeTask.ts';
import { definitionOf } from './modes.ts';
import { OpenUnits } from './openUnits.ts';
import type { Replay } from './replay.ts';
import { RowBoard } from './rowBoard.ts';
import { shareTables } from './shareTables.ts';
import { StalenessTally } from './staleness.ts';
import { rowOf, type UnitRow } from './unitRow.ts';
import { updatingOf } from './updatingOf.ts';

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const entry: string = new URL(`./freeWorker${extname(import.meta.url)}`, import.meta.url).href;

/** Milliseconds between two looks at requests to stop. */
const tick = 50;
/** Milliseconds between two reports of progress. */
const progressTime = 200;
/** Milliseconds that a thread has to start. */
const startingTime = 30_000;

export interface FreeEngineOptions extends EngineOptions {
  /** Has the orders that rows of training steps are made in again. */
  readonly replay?: Replay | undefined;
  /** Told of the order of each row of training steps. */
  onOrder?(order: Int32Array): void;
}

/**
 * Workers that make steps each by itself, on one shared memory, in one of the modes of this folder. A row of steps is handed
 * to all of them at once, and over when all of its steps are made: between rows nothing is under way.
 */
export class FreeEngine implements Engine {
  readonly access: Arena;
  readonly workers: number;
  readonly #program: FreeProgram;
  readonly #options: FreeEngineOptions;
  readonly #hangTime: number;
  readonly #board: RowBoard;
  readonly #crew: RankCrew<FreeTask>;
  readonly #numbers: ReadonlyMap<string, number>;
  /** Paths of variables that have copies in other layouts. */
  readonly #copied: ReadonlySet<string>;
  readonly #staleness: StalenessTally;
  readonly #stepNumbers = new StepNumbers();
  #loaders: LoaderPool | undefined;
  #warned = 0;
  #failed: unknown;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** @param timelines - for each thread memory for a `SpanRing`, if what it does is to be recorded */
  constructor(
    program: FreeProgram,
    memory: WebAssembly.Memory,
    options: FreeEngineOptions = {},
    timelines?: readonly SharedArrayBuffer[],
  ) {
    const { compilation, module, products, mode, ordering, workers, layout } = program;
    const { programs } = compilation;
    const { hangSeconds = 30, chaos = [] } = options;
    const { helpers, slots } = definitionOf(mode);
    this.#program = program;
    this.#options = options;
    this.#hangTime = hangSeconds * 1000;
    this.access = new Arena(compilation, memory);
    this.workers = workers;
    this.#numbers = new Map(programs.map(({ name }, number) => [name, number]));
    this.#copied = new Set(
      programs.flatMap(({ tensors }) =>
        tensors.flatMap(({ storage }) => (storage.kind === 'derived' ? [storage.path] : [])),
      ),
    );
    this.#staleness = new StalenessTally(workers);
    const threads = workers + helpers;
    this.#board = new RowBoard({
      capacity: programs.reduce((total, { steps }) => total + steps, 1),
      workers,
      threads,
      slots: slots(mode),
    });
    const shared = {
      memory,
      ...this.#board.memory,
      chaosHappened: new SharedArrayBuffer(chaos.length),
    };
    const shares = shareTables(compilation, layout.shared);
    const updating = updatingOf(programs);
    this.#crew = new RankCrew(
      threads,
      (rank, control): FreeTask => ({
        programs: { ...workerPrograms(compilation, 0), rank, size: threads },
        module,
        products,
        native: process.env['LOCKSTEP_MACHINE_CODE'] !== '0',
        ...shared,
        layout,
        mode,
        workers,
        ordering,
        shares,
        updating,
        timeline: timelines?.[rank],
        cpuProfile: options.cpuProfile,
        chaos,
        slow: options.slow,
        control: control.memory,
        command: control.commandNumber,
        // The host notices first, unless it is itself stuck.
        deadline: 2 * this.#hangTime,
      }),
      new RankPool(threads, entry),
    );
  }

  openLoader(stream: PlannedStream): BlockLoader {
    this.#loaders ??= new LoaderPool(this.access, this.#options.loaders);
    return this.#loaders.open(stream);
  }

  /**
   * @throws also (as a rejection) StepsLostError: the variables are those after the updates that were made; LockstepError
   * WORKER_LOST if a thread can be neither reached nor ended
   */
  async runSteps(steps: readonly PlannedStep[], options: RunSteps = {}): Promise<StepsResult> {
    requireSteps(this.access.programs, steps);
    const running = this.#runSteps(steps, options);
    this.#running = running.catch(() => {});
    return await running;
  }

  /** By worker, since the last call. */
  takeStaleness(): readonly WorkerStaleness[] {
    return this.#staleness.take();
  }

  async #runSteps(steps: readonly PlannedStep[], options: RunSteps): Promise<StepsResult> {
    if (this.#failed !== undefined)
      throw new LockstepError('WORKER_LOST', 'the workers were lost before', { cause: this.#failed });
    if (options.signal?.aborted === true) return { made: 0, outcome: 'stopped' };
    if (steps.length === 0) return { made: 0, outcome: 'done' };
    return await this.#runRow(rowOf(steps, this.#numbers, this.#stepNumbers), options);
  }

  async #runRow(row: UnitRow, options: RunSteps): Promise<StepsResult> {
    const { control } = this.#crew;
    if (row.isTraining && this.#options.replay) {
      const order = this.#options.replay.next(row.units.length);
      if (order === undefined) return { made: 0, outcome: 'stopped' };
      this.#board.putOrder(order);
    }
    const open = new OpenUnits(row.units.length);
    const stopWatching = this.#watch(row, () => open.made, options);
    let tooMany = false;
    try {
      for (;;) {
        const hasHoles = open.holes.length > 0;
        if (tooMany && (!hasHoles || this.#isHopeless)) throw await this.#fail(this.#tooMany(row, open));
        const numbers = open.next;
        this.#board.prepare(numbers.flatMap((number) => row.units[number] ?? []));
        const kind = row.isTraining ? freeCommands.train : freeCommands.plain;
        control.post({ kind, from: 0, to: numbers.length, argument: hasHoles ? mustEnd : 0 });
        const end = await this.#finished();
        // Others end the updates that they are in, while those that are lost are replaced: what is made is known after that.
        if (end.kind !== 'finished') await this.#recover(end.kind === 'stalled' ? end.missing : []);
        const diverged = this.#collect(row, numbers, open);
        if (end.kind !== 'finished') tooMany = this.#judge();
        else if (diverged !== undefined || !hasHoles || open.next.length === 0) {
          this.#settle(row);
          this.#tellOrder(row);
          if (diverged !== undefined) return { made: diverged * row.stepsPerUnit, outcome: 'diverged' };
          if (tooMany) throw await this.#fail(this.#tooMany(row, open));
          const outcome = open.next.length === 0 ? 'done' : 'stopped';
          return { made: open.made * row.stepsPerUnit, outcome };
        }
      }
    } finally {
      stopWatching();
      control.withdraw('stop');
    }
  }

  /** What became of the steps; answers with the first whose loss was not finite. */
  #collect({ isTraining }: UnitRow, numbers: readonly number[], open: OpenUnits): number | undefined {
    const { plan, diverged } = this.#board;
    const made = numbers.flatMap((number, at) => (plan.isMade(at) ? [{ number, at }] : []));
    if (isTraining) for (const { at } of made) this.#staleness.add(plan.worker(at), plan.staleness(at));
    open.close(made.map(({ number }) => number));
    return diverged === undefined ? undefined : numbers[diverged];
  }

  /**
   * Makes the copies of weights in other layouts what the weights are: of two workers that updated an element at once, one may have
   * been the last to write the weight and the other the last to write its copy.
   */
  #settle({ isTraining, stepsPerUnit }: UnitRow): void {
    if (!isTraining || stepsPerUnit > 1) return;
    for (const path of this.#copied) this.access.writeVariable(path, this.access.readVariable(path));
  }

  #tellOrder({ isTraining }: UnitRow): void {
    if (isTraining && this.#program.ordering === 'recorded') this.#options.onOrder?.(this.#board.takeOrder());
  }

  async #finished(): ReturnType<RankCrew<FreeTask>['control']['finished']> {
    const { control } = this.#crew;
    const started = performance.now();
    for (;;) {
      const end = await control.finished(this.#hangTime);
      const isStarting =
        end.kind === 'stalled' && end.missing.some((rank) => control.heartbeat(rank).state === 'starting');
      if (!isStarting || performance.now() - started >= startingTime) return end;
    }
  }

  /** Reports progress and passes requests on while a row is made. */
  #watch(
    { units, stepsPerUnit }: UnitRow,
    before: () => number,
    { signal, onProgress }: RunSteps,
  ): () => void {
    const { control } = this.#crew;
    let [reported, reportedAt] = [0, performance.now()];
    const timer = setInterval(() => {
      if (signal?.aborted === true) control.request('stop');
      const now = performance.now();
      const made = Math.min(before() + this.#board.passed, units.length) * stepsPerUnit;
      if (made <= reported || now - reportedAt < progressTime) return;
      [reported, reportedAt] = [made, now];
      onProgress?.(made);
    }, tick);
    return () => clearInterval(timer);
  }

  /** Replaces what is lost, once the others have ended what they were in. */
  async #recover(missing: readonly number[]): Promise<void> {
    try {
      await this.#crew.recover(this.#board.hanging(missing), this.#hangTime);
      if (this.#program.ordering === 'free') return;
      const isReplay = this.#program.ordering === 'replayed';
      throw new LockstepError(
        'WORKER_LOST',
        `a worker was lost in ${isReplay ? 'a replay' : 'a run whose order is kept'}`,
        {
          hint: `Nothing may happen to ${isReplay ? 'it' : 'what a record is of'}: start it again.`,
          cause: this.#crew.losses.at(-1)?.error,
        },
      );
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  /** Whether workers go on to be lost when holes are all that is to be filled. */
  get #isHopeless(): boolean {
    const { losses, control } = this.#crew;
    return losses.length > this.#maxLosses + control.size;
  }

  get #maxLosses(): number {
    return this.#options.maxLosses ?? defaultLosses;
  }

  /** Warns of new losses, unless they are too many: whether they are. */
  #judge(): boolean {
    const { losses } = this.#crew;
    if (losses.length > this.#maxLosses) return true;
    for (const loss of losses.slice(this.#warned))
      this.#options.onWarning?.(updateWarning(loss, this.workers));
    this.#warned = losses.length;
    return false;
  }

  /** What a row ends with that too many were lost in. With holes in it, its weights are those after no first steps of it. */
  #tooMany({ stepsPerUnit }: UnitRow, { made, holes }: OpenUnits): LockstepError {
    const { losses } = this.#crew;
    const lost = tooManyLosses(losses, this.workers, this.#maxLosses, made * stepsPerUnit);
    if (holes.length === 0) return lost;
    return new LockstepError('WORKER_LOST', 'workers were lost again and again, and left steps out', {
      ...(lost.got !== undefined && { got: lost.got }),
      hint: 'The weights are those of no step: go on from the last checkpoint.',
      cause: lost.cause,
    });
  }

  /** No more steps are made. */
  async #fail<E>(error: E): Promise<E> {
    this.#failed = error;
    await this.#crew.close();
    return error;
  }

  /** Waits for steps that are under way, then ends all threads. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#running;
    await this.#loaders?.close();
    await this.#crew.close(this.#failed === undefined ? freeCommands.close : undefined);
  }
}
