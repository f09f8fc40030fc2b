import {
  Arena,
  createMemory,
  type Engine,
  type EngineFactory,
  LockstepError,
  type PlannedStep,
  type RunSteps,
  requireSteps,
  type StepsResult,
  segmentBases,
  workerPrograms,
} from '@lockstep/core/engine';
import type { CommandEnd } from '../shared/index.ts';
import { commandKinds } from './commandKinds.ts';
import { compileForThreads, type ThreadsProgram, updatesVariables } from './compileForThreads.ts';
import { RankCrew } from './rankCrew.ts';
import { createPlanMemory, StepPlan } from './stepPlan.ts';
import type { FailureOptions, ThreadsOptions } from './threadsOptions.ts';
import { createCopyMemory, VariableCopies, variableRange } from './variableCopies.ts';

/** Milliseconds between two looks at progress, at requests to stop, and at whether a copy is due. */
const tick = 50;
/** Steps that are planned at once, if the tables are shorter. */
const leastPlan = 16_384;
/** Numbers of steps start again here: they have to fit into a word. */
const mostSteps = 2 ** 30;

/** Steps that are made without a return to the caller. */
interface Row {
  readonly steps: readonly PlannedStep[];
  readonly updates: boolean;
  /** The number of its first step in the engine's life. */
  readonly first: number;
  readonly options: RunSteps;
  /** Steps of the caller's that were made in rows before this one. */
  readonly before: number;
}

/** Ranks on threads of their own and one shared memory. */
export class ThreadsEngine implements Engine {
  readonly access: Arena;
  readonly workers: number;
  readonly #failure: FailureOptions;
  readonly #hang: number;
  readonly #plan: StepPlan;
  readonly #copies: VariableCopies;
  readonly #crew: RankCrew;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #updating: ReadonlySet<string>;
  #life = 0;
  #copied = performance.now();
  #failed: LockstepError | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** @param memory - of `createMemory`; whoever else has it may write tensors while no steps are under way */
  constructor(
    { compilation, module }: ThreadsProgram,
    memory: WebAssembly.Memory,
    failure: FailureOptions = {},
  ) {
    const { programs, bytes, workers } = compilation;
    this.access = new Arena(compilation, memory);
    this.workers = workers;
    this.#failure = failure;
    this.#hang = (failure.hangSeconds ?? 30) * 1000;
    this.#numbers = new Map(programs.map(({ name }, number) => [name, number]));
    this.#updating = new Set(programs.filter(updatesVariables).map(({ name }) => name));
    const entries = programs.reduce((total, { steps }) => total + steps, 0);
    const plan = createPlanMemory(Math.max(leastPlan, entries));
    const variables = variableRange(segmentBases(bytes, 0));
    const copies = createCopyMemory(variables);
    const chaos = failure.chaos ?? [];
    const chaosHappened = new SharedArrayBuffer(chaos.length);
    this.#plan = new StepPlan(plan);
    this.#copies = new VariableCopies(memory, copies, variables);
    const told = {
      module,
      memory,
      plan,
      copies,
      variables,
      // The host notices first, unless it is itself stuck.
      deadline: 2 * this.#hang,
      chaos,
      chaosHappened,
    };
    this.#crew = new RankCrew(workers, (rank, control) => ({
      ...told,
      programs: workerPrograms(compilation, rank),
      control: control.memory,
      command: control.commandNumber,
    }));
  }

  async runSteps(steps: readonly PlannedStep[], options: RunSteps = {}): Promise<StepsResult> {
    requireSteps(this.access.programs, steps);
    const running = this.#runSteps(steps, options);
    this.#running = running.catch(() => {});
    return await running;
  }

  async #runSteps(steps: readonly PlannedStep[], options: RunSteps): Promise<StepsResult> {
    if (this.#failed !== undefined) throw this.#failed;
    const { capacity } = this.#plan;
    for (let before = 0; before < steps.length; before += capacity) {
      if (options.signal?.aborted === true) return { made: before, outcome: 'stopped' };
      const row = steps.slice(before, before + capacity);
      const updates = row.some(({ program }) => this.#updating.has(program));
      if (this.#life + row.length > mostSteps) this.#life = 0;
      const { made, outcome } = await this.#runRow({
        steps: row,
        updates,
        first: this.#life,
        options,
        before,
      });
      this.#life += row.length;
      if (outcome === 'diverged' || made < row.length) return { made: before + made, outcome };
    }
    return { made: steps.length, outcome: 'done' };
  }

  async #runRow(row: Row): Promise<StepsResult> {
    const { control } = this.#crew;
    const { first, steps } = row;
    this.#plan.write(steps, (program) => this.#numbers.get(program) ?? -1);
    const older = control.newestCopy();
    let from = 0;
    let kind: number = row.updates ? commandKinds.copyAndRun : commandKinds.run;
    const stopWatching = this.#watch(row);
    try {
      for (;;) {
        control.post({ kind, from, to: steps.length, argument: first });
        const end = await this.#finished();
        if (end.kind === 'finished') return { made: control.step - first, outcome: end.outcome };
        await this.#recover(end.kind === 'stalled' ? end.missing : []);
        const copy = control.newestCopy();
        // Until the first copy of this row counts, no rank has begun a step: the variables are as they were.
        if (copy === undefined || (copy.buffer === older?.buffer && copy.position === older.position))
          continue;
        this.#copies.restore(copy.buffer);
        from = copy.position - first;
        kind = commandKinds.run;
      }
    } finally {
      stopWatching();
      control.withdraw('stop');
      control.withdraw('save');
    }
  }

  /** Threads that are still starting have their own time. */
  async #finished(): Promise<CommandEnd> {
    const { control } = this.#crew;
    const patience = Math.max(this.#hang, startingTime);
    const begun = performance.now();
    for (;;) {
      const end = await control.finished(this.#hang);
      if (end.kind !== 'stalled' || performance.now() - begun > patience) return end;
      const starting = end.missing.filter((rank) => control.heartbeat(rank).state === 'starting');
      if (starting.length === 0) return end;
    }
  }

  /** Reports progress and passes requests on while a row is made. */
  #watch({ first, options, updates, before }: Row): () => void {
    const { control } = this.#crew;
    const copyTime = (this.#failure.copySeconds ?? 5) * 1000;
    let reported = 0;
    this.#copied = performance.now();
    const timer = setInterval(() => {
      if (options.signal?.aborted === true) control.request('stop');
      // Steps that are made again after a loss are not news.
      const made = control.step - first;
      if (made > reported) {
        reported = made;
        options.onProgress?.(before + made);
      }
      if (updates && performance.now() - this.#copied >= copyTime) {
        this.#copied = performance.now();
        control.request('save');
      }
    }, tick);
    return () => clearInterval(timer);
  }

  async #recover(missing: readonly number[]): Promise<void> {
    const crew = this.#crew;
    const { maxLosses = 3, onWarning } = this.#failure;
    const known = crew.losses.length;
    await crew.recover(missing, this.#hang);
    for (const { rank, error } of crew.losses.slice(known))
      onWarning?.(`worker ${rank} was lost and has been replaced: ${reasonOf(error)}`);
    if (crew.losses.length > maxLosses) throw await this.#giveUp(maxLosses);
  }

  /** The variables are those of the newest copy then. */
  async #giveUp(maxLosses: number): Promise<LockstepError> {
    const { losses } = this.#crew;
    const last = losses.at(-1);
    this.#failed = new LockstepError('WORKER_LOST', 'workers were lost again and again', {
      got: `${losses.length} losses, the last of worker ${last?.rank}: ${reasonOf(last?.error)}`,
      wanted: `at most ${maxLosses}`,
      cause: last?.error,
    });
    await this.#crew.close();
    return this.#failed;
  }

  close(): Promise<void> {
    this.#closed ??= this.#running.then(() =>
      this.#crew.close(this.#failed === undefined ? commandKinds.close : undefined),
    );
    return this.#closed;
  }
}

/** Milliseconds that a thread has to start. */
const startingTime = 30_000;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Makes engines of threads: as many as `options.workers` says, or else as the maker is asked for.
 *
 * @throws LockstepError what `compile` throws
 */
export function threadsEngine(options: ThreadsOptions = {}): EngineFactory {
  return (sources, asked) => {
    const { workers = asked, reduce, wide, ...failure } = options;
    const program = compileForThreads(sources, {
      workers: workers === 'auto' ? 1 : workers,
      ...(reduce && { reduce }),
      ...(wide !== undefined && { wide }),
    });
    return new ThreadsEngine(program, createMemory(program.compilation, true), failure);
  };
}
