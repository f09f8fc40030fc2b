import {
  Arena,
  type BlockLoader,
  createMemory,
  type Engine,
  type EngineFactory,
  LockstepError,
  type PlannedStep,
  type PlannedStream,
  type RunSteps,
  requireSteps,
  type StepsResult,
  segmentBases,
  workerPrograms,
} from '@lockstep/core/engine';
import { phasesApart } from '../async/localTask.ts';
import type { CommandEnd, Copy } from '../shared/index.ts';
import { commandKinds } from './commandKinds.ts';
import { compileForThreads, type ThreadsProgram } from './compileForThreads.ts';
import { LoaderPool } from './loaderPool.ts';
import { defaultLosses, lossWarning, tooManyLosses } from './losses.ts';
import { RankCrew } from './rankCrew.ts';
import type { RankTask } from './rankTask.ts';
import { StepNumbers } from './stepNumbers.ts';
import { createPlanMemory, StepPlan } from './stepPlan.ts';
import type { EngineOptions, ThreadsOptions } from './threadsOptions.ts';
import { createCopyMemory, VariableCopies, variableRange } from './variableCopies.ts';
import { WaitingShare } from './waitingShare.ts';
import { updatingPhases } from './work.ts';

/** Milliseconds between two looks at requests to stop, and at whether a copy is due. */
const tick = 50;
/**
 * Milliseconds between two reports of progress. On a busy machine each was seen to take 0.7 ms of this thread and 0.6 of the
 * caller's, with a progress bar: on a core that a rank wants, and then all ranks wait for that one.
 */
const progressTime = 200;
/** Milliseconds that a thread has to start. */
const startingTime = 30_000;
/** Steps that are planned at once, if the tables are shorter. */
const leastPlan = 16_384;

/** Steps that are made without a return to the caller. */
interface Row {
  readonly steps: readonly PlannedStep[];
  /** Some of them change variables. */
  readonly updates: boolean;
  /** The number of its first step in the engine's life. */
  readonly first: number;
  /** Steps made before it since the caller asked. */
  readonly before: number;
  /** The newest copy before it. */
  readonly older: Copy | undefined;
}

/**
 * Ranks on threads of their own, on one shared memory. A row of steps is written to memory and made by the ranks alone.
 * When one of them is lost it is replaced, the newest copy of the variables is put back, and the steps since are made
 * again: they give the same bits.
 */
export class ThreadsEngine implements Engine {
  readonly access: Arena;
  readonly workers: number;
  readonly #options: EngineOptions;
  #loaders: LoaderPool | undefined;
  readonly #hangTime: number;
  readonly #plan: StepPlan;
  readonly #copies: VariableCopies;
  readonly #crew: RankCrew<RankTask>;
  readonly #waiting = new WaitingShare();
  /** Of each program: which of the programs makes its steps. */
  readonly #numbers: Map<string, number>;
  readonly #updating: ReadonlySet<string>;
  readonly #stepNumbers = new StepNumbers();
  /** Losses that were told of. */
  #warned = 0;
  #failed: unknown;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /**
   * @param memory - of `createMemory`; whoever else has it may use it while no steps are under way
   * @param timelines - for each rank memory for a {@link SpanRing}, if what it does is to be recorded
   */
  constructor(
    { compilation, workers, module, products, local }: ThreadsProgram,
    memory: WebAssembly.Memory,
    options: EngineOptions = {},
    timelines?: readonly SharedArrayBuffer[],
  ) {
    const { programs, bytes } = compilation;
    const { hangSeconds = 30, chaos = [] } = options;
    this.access = new Arena(compilation, memory);
    this.workers = workers;
    this.#options = options;
    this.#hangTime = hangSeconds * 1000;
    this.#numbers = new Map(programs.map(({ name }, number) => [name, number]));
    const updating = programs.map(updatingPhases);
    this.#updating = new Set(
      programs.filter((_, at) => updating[at]?.includes(true)).map(({ name }) => name),
    );
    const variables = variableRange(segmentBases(bytes, 0));
    const entries = programs.reduce((total, { steps }) => total + steps, 0);
    const shared = {
      memory,
      plan: createPlanMemory(Math.max(leastPlan, entries)),
      copies: createCopyMemory(variables),
      chaosHappened: new SharedArrayBuffer(chaos.length),
    };
    this.#plan = new StepPlan(shared.plan);
    this.#copies = new VariableCopies(memory, shared.copies, variables);
    this.#crew = new RankCrew(workers, (rank, control) => ({
      programs: { ...workerPrograms(compilation, rank), size: workers },
      local,
      module,
      products,
      native: process.env['LOCKSTEP_MACHINE_CODE'] !== '0',
      ...shared,
      variables,
      updating,
      timeline: timelines?.[rank],
      chaos,
      slow: options.slow,
      cpuProfile: options.cpuProfile,
      control: control.memory,
      command: control.commandNumber,
      // The host notices first, unless it is itself stuck.
      deadline: 2 * this.#hangTime * (local === undefined ? 1 : phasesApart(local)),
    }));
  }

  openLoader(stream: PlannedStream): BlockLoader {
    this.#loaders ??= new LoaderPool(this.access, this.#options.loaders);
    return this.#loaders.open(stream);
  }

  /** From now on makes the steps of a program by another one, which has the same tables. */
  replace(program: string, by: string): void {
    const number = this.#numbers.get(by);
    if (number !== undefined) this.#numbers.set(program, number);
  }

  /**
   * @throws also (as a rejection) StepsLostError: the variables are those of the newest copy then; LockstepError WORKER_LOST if
   * a thread can be neither reached nor ended, or one of these was thrown before: nothing is said of the variables then
   */
  async runSteps(steps: readonly PlannedStep[], options: RunSteps = {}): Promise<StepsResult> {
    requireSteps(this.access.programs, steps);
    const running = this.#runSteps(steps, options);
    this.#running = running.catch(() => {});
    return await running;
  }

  async #runSteps(steps: readonly PlannedStep[], options: RunSteps): Promise<StepsResult> {
    if (this.#failed !== undefined)
      throw new LockstepError('WORKER_LOST', 'the workers were lost before', { cause: this.#failed });
    const { capacity } = this.#plan;
    for (let before = 0; before < steps.length; before += capacity) {
      if (options.signal?.aborted === true) return { made: before, outcome: 'stopped' };
      const row = this.#planRow(steps.slice(before, before + capacity), before);
      const { made, outcome } = await this.#runRow(row, {
        ...options,
        onProgress: (finished, waiting) => options.onProgress?.(before + finished, waiting),
      });
      if (outcome === 'diverged' || made < row.steps.length) return { made: before + made, outcome };
    }
    return { made: steps.length, outcome: 'done' };
  }

  #planRow(steps: readonly PlannedStep[], before: number): Row {
    this.#plan.write(steps, (program) => this.#numbers.get(program) ?? -1);
    return {
      steps,
      updates: steps.some(({ program }) => this.#updating.has(program)),
      first: this.#stepNumbers.take(steps.length),
      before,
      older: this.#crew.control.newestCopy(),
    };
  }

  async #runRow(row: Row, options: RunSteps): Promise<StepsResult> {
    const { control } = this.#crew;
    const { first, steps, updates } = row;
    const stopWatching = this.#watch(row, options);
    let [kind, from]: [number, number] = [updates ? commandKinds.copyAndRun : commandKinds.run, 0];
    try {
      for (;;) {
        control.post({ kind, from, to: steps.length, argument: first });
        const end = await this.#finished();
        if (end.kind === 'finished') return { made: control.step - first, outcome: end.outcome };
        const copy = await this.#recover(row, end.kind === 'stalled' ? end.missing : []);
        if (copy !== undefined) [kind, from] = [commandKinds.run, copy.position - first];
      }
    } finally {
      stopWatching();
      control.withdraw('stop');
      control.withdraw('save');
    }
  }

  /** Waits for the end of a command. Threads that are still starting have a time of their own. */
  async #finished(): Promise<CommandEnd> {
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
  #watch({ first, updates }: Row, { signal, onProgress }: RunSteps): () => void {
    const { control } = this.#crew;
    const { copySeconds = 5 } = this.#options;
    let [reported, reportedAt] = [0, performance.now()];
    let copied = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (this.workers > 1) this.#waiting.look(control.heartbeats());
      if (signal?.aborted === true) control.request('stop');
      const made = control.step - first;
      // Steps that are made again after a loss are not news.
      if (made > reported && now - reportedAt >= progressTime) {
        [reported, reportedAt] = [made, now];
        onProgress?.(made, this.#waiting.share);
      }
      if (updates && now - copied >= copySeconds * 1000) {
        copied = now;
        control.request('save');
      }
    }, tick);
    return () => clearInterval(timer);
  }

  /** Steps made in the engine's life: with those of replicas that have not met yet. */
  #reached(): number {
    const { control } = this.#crew;
    return control.heartbeats().reduce((total, { apart }) => total + apart, control.step);
  }

  /**
   * Replaces what is lost, and puts the newest copy that was made in this row back. Until the first one counts no rank
   * has begun a step, and the variables are as they were.
   *
   * @param missing - ranks that are late
   * @returns the copy; undefined if the row is to be begun again
   */
  async #recover({ first, before, older }: Row, missing: readonly number[]): Promise<Copy | undefined> {
    const { control, losses } = this.#crew;
    const { maxLosses = defaultLosses, onWarning } = this.#options;
    const reached = this.#reached();
    try {
      await this.#crew.recover(missing, this.#hangTime);
      const newest = control.newestCopy();
      const isNew = newest?.buffer !== older?.buffer || newest?.position !== older?.position;
      const copy = isNew ? newest : undefined;
      if (copy !== undefined) this.#copies.restore(copy.buffer);
      const position = copy?.position ?? first;
      if (losses.length > maxLosses)
        throw tooManyLosses(losses, this.workers, maxLosses, before + position - first);
      const again = Math.max(0, reached - position);
      for (const loss of losses.slice(this.#warned)) onWarning?.(lossWarning(loss, again));
      this.#warned = losses.length;
      return copy;
    } catch (error) {
      this.#failed = error;
      await this.#crew.close();
      throw error;
    }
  }

  /** Waits for steps that are under way, then ends all threads. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#running;
    await this.#loaders?.close();
    await this.#crew.close(this.#failed === undefined ? commandKinds.close : undefined);
  }
}

/**
 * Makes engines of threads: as many as `options.workers` says, or else as the maker is asked for.
 *
 * @throws LockstepError what `compile` throws; BAD_OPTION for a number of workers that cannot be
 */
export function threadsEngine(options: ThreadsOptions = {}): EngineFactory {
  return (sources, asked) => {
    const { workers = asked, reduce, wide, machineCode, ...failure } = options;
    const program = compileForThreads(sources, {
      workers,
      reduce,
      wide,
      machineCode,
      onWarning: failure.onWarning,
    });
    return new ThreadsEngine(program, createMemory(program.compilation, true), failure);
  };
}
