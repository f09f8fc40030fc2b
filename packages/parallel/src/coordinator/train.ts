import type { FitOptions, FitResult, Run, TrainingListener } from '@lockstep/core';
import {
  Arena,
  answerLoop,
  createMemory,
  fitResult,
  type PreparedRun,
  prepareRun,
  type RunState,
  readVariables,
} from '@lockstep/core/engine';
import type { Remote } from 'comlink';
import { checkMode } from '../async/checkMode.ts';
import { checkModeUses } from '../async/checkModeUses.ts';
import { checkOrder } from '../async/checkOrder.ts';
import { requireWholeBatches } from '../async/compileFree.ts';
import { type Mode, type ModeName, splitOf } from '../async/mode.ts';
import { type GivenOrder, replayedOrders } from '../async/replayedOrders.ts';
import { resumedState } from '../async/resumedState.ts';
import { createTimelines } from '../threads/phaseClock.ts';
import { threadsEngine } from '../threads/threadsEngine.ts';
import type { ThreadsOptions, TimelineOptions } from '../threads/threadsOptions.ts';
import { setFlagsOnce } from '../threads/wasmFlags.ts';
import { recordCpuProfile } from '../timeline/cpuProfile.ts';
import { type Span, SpanRing } from '../timeline/spanRing.ts';
import { CoordinatorThread } from './coordinatorThread.ts';
import { errorFromData } from './errorData.ts';
import { compileCrew, planCrew, threadsOf } from './openCrew.ts';
import type { CallerHooks, CoordinatorAnswer, CoordinatorApi } from './protocol.ts';
import { shareObject } from './sharedObject.ts';

export interface TrainOptions extends Omit<ThreadsOptions, 'onWarning'> {
  /** Called with every event, in order, on this thread. */
  readonly onEvent?: TrainingListener;
  /** Once aborted, the run ends at the next step boundary, as if it had been that long. */
  readonly signal?: AbortSignal;
  /** Goes on from a state of the same run: in the modes `sync` and `local`, if it was made in the same, bit for bit. */
  readonly resume?: RunState;
  /**
   * Keeps the state of the run where the run is to be saved (`checkpoint`), or a callback asks for it, on this thread; the run
   * waits. If the run has `checkpoint`, its last state is saved too, with the event that it ends with.
   */
  readonly onSave?: NonNullable<FitOptions['onSave']>;
  /** Record what each worker does. Default: no. */
  readonly timeline?: TimelineOptions;
  /** How workers keep together. Default `sync`. */
  readonly mode?: Mode | ModeName;
  /**
   * Keeps the order in which workers read and changed the weights, a row of steps at a time: with `replay` a later run has the
   * same bits. For modes in which workers do not keep together; see `docs/modes.md`.
   */
  readonly onOrder?: (order: Int32Array) => void;
  /** The orders that such a run has kept; those read back from JSON are arrays of numbers. */
  readonly replay?: readonly GivenOrder[];
}

/** Said of a mode whose gradients and updates are made apart. */
const noNorms = 'keeps gradients and updates apart, and measures no norms of them';

/** A run that is over. */
export interface TrainResult extends FitResult {
  /** The threads that made the steps, by rank: `rank 0`, `rank 1`, ..., and in mode `server` a last one of that name. */
  readonly threads: readonly string[];
  /** The newest spans of each thread, by rank; none unless they were asked for. */
  readonly timelines: readonly (readonly Span[])[];
}

/** A run that is under way in threads of its own. Requests are answered at boundaries between two steps. */
export interface Training {
  /** The run's end. */
  readonly result: Promise<TrainResult>;
  /** Ends the run after the step under way, as if it had been that long. */
  stop(): Promise<void>;
  /** Makes no more steps until {@link resume}. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The state of the run, to go on from; undefined once it is over. */
  save(): Promise<RunState | undefined>;
}

class RemoteTraining implements Training {
  readonly result: Promise<TrainResult>;
  readonly #thread = new CoordinatorThread();
  /** What a listener or a callback of the caller's has thrown: thrown again as it was. */
  #thrown: { readonly error: unknown } | undefined;
  #over = false;

  constructor(run: Run, options: TrainOptions) {
    this.result = this.#train(run, options);
  }

  async #train(
    run: Run,
    { onEvent, onSave, onOrder, replay, signal, resume, timeline, ...options }: TrainOptions,
  ): Promise<TrainResult> {
    const started = performance.timeOrigin + performance.now();
    // That the run cannot be reached is said by its result.
    const stop = (): void => void this.stop().catch(() => {});
    const finishProfile = options.cpuProfile && recordCpuProfile(options.cpuProfile, 'main');
    try {
      const { workers = 'auto', reduce, wide, machineCode, mode: asked, ...failure } = options;
      const mode = checkMode(asked);
      checkModeUses(mode, options);
      checkOrder(mode, { onOrder, replay, resume });
      requireWholeBatches(run, mode);
      const orders = replay === undefined ? undefined : replayedOrders(replay);
      const ordering = orders ? 'replayed' : onOrder ? 'recorded' : 'free';
      const split = splitOf(mode, ordering !== 'free');
      const prepared = prepareRun(run, { split });
      const warnings: string[] = [];
      if (split && run.options.norms === true) warnings.push(`mode ${mode.name} ${noNorms}`);
      const program = compileCrew(prepared.sources, mode, ordering, {
        workers,
        reduce,
        wide,
        machineCode,
        ...(run.microBatch === undefined && { plannedSteps: prepared.plan.lastStep }),
        onWarning: (message) => warnings.push(message),
      });
      const { compilation } = program;
      const memory = createMemory(compilation, true);
      const access = new Arena(compilation, memory);
      prepared.writeData(access);
      const plan = planCrew(prepared.plan, mode);
      const resumed = resume && resumedState(plan, resume);
      warnings.push(...(resumed?.warnings ?? []));
      const threads = threadsOf(program);
      const timelines = timeline && createTimelines(threads.length, timeline.capacity);
      const variables = () => readVariables(access, plan.variables);
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop);
      const answer = await this.#thread.ask<CoordinatorAnswer>((coordinator) =>
        coordinator.start(
          {
            plan,
            program,
            memory,
            failure,
            warnings,
            started,
            ...(timelines && { timelines }),
            ...(resumed && { resume: resumed.state }),
            ...(orders && { replay: orders }),
            saves: onSave !== undefined,
          },
          shareObject(
            this.#hooks(prepared, variables, {
              ...(onEvent && { onEvent }),
              ...(onSave && { onSave }),
              ...(onOrder && { onOrder }),
            }),
          ),
        ),
      );
      if (this.#thrown) throw this.#thrown.error;
      if (answer.kind === 'failed') throw errorFromData(answer.error);
      const engine = threadsEngine({
        workers: program.workers,
        ...(reduce && { reduce }),
        ...(wide !== undefined && { wide }),
        ...(machineCode !== undefined && { machineCode }),
      });
      return {
        ...fitResult(prepared, answer.outcome, variables(), { engine }),
        threads,
        timelines: (timelines ?? []).map((ring) => new SpanRing(ring).spans()),
      };
    } finally {
      this.#over = true;
      signal?.removeEventListener('abort', stop);
      await this.#thread.close();
      finishProfile?.();
    }
  }

  #hooks(
    prepared: PreparedRun,
    variables: () => ReturnType<typeof readVariables>,
    { onEvent, onSave, onOrder }: Pick<TrainOptions, 'onEvent' | 'onSave' | 'onOrder'>,
  ): CallerHooks {
    // The coordinator waits for an answer to `onRendezvous`, and no rank makes a step: the memory is at rest.
    const { tabulate, finishMetrics, onRendezvous } = answerLoop(prepared, () =>
      Promise.resolve(variables()),
    );
    const keep = (error: unknown): never => {
      this.#thrown ??= { error };
      throw error;
    };
    return {
      emit: (event) => {
        try {
          onEvent?.(event);
        } catch (error) {
          keep(error);
        }
      },
      onOrder: (order) => {
        try {
          onOrder?.(order);
        } catch (error) {
          keep(error);
        }
      },
      tabulate: async (epoch, steering) => await Promise.resolve(tabulate(epoch, steering)).catch(keep),
      finishMetrics: (totals) => {
        try {
          return finishMetrics(totals);
        } catch (error) {
          return keep(error);
        }
      },
      onRendezvous: async (event) => await onRendezvous(event).catch(keep),
      onSave: async (state, done) => {
        try {
          await onSave?.(state, done);
        } catch (error) {
          keep(error);
        }
      },
    };
  }

  async stop(): Promise<void> {
    await this.#request((coordinator) => coordinator.stop());
  }

  async pause(): Promise<void> {
    await this.#request((coordinator) => coordinator.pause());
  }

  async resume(): Promise<void> {
    await this.#request((coordinator) => coordinator.resume());
  }

  async save(): Promise<RunState | undefined> {
    return await this.#request((coordinator) => coordinator.save());
  }

  /** A run that is over, or ends in the middle, has no answer. */
  async #request<T>(question: (coordinator: Remote<CoordinatorApi>) => Promise<T>): Promise<T | undefined> {
    if (this.#over) return undefined;
    try {
      return await this.#thread.ask(question);
    } catch (error) {
      if (this.#over) return undefined;
      throw error;
    }
  }
}

/**
 * Starts a run in threads of its own: one that drives it, and one for each rank. The calling thread stays free; it is
 * asked for events and callbacks only. The bits are those of `fit` in one thread.
 *
 * Sets V8's flags for WebAssembly, for the whole process, before it compiles for the first time.
 */
export function startTraining(run: Run, options: TrainOptions = {}): Training {
  setFlagsOnce();
  return new RemoteTraining(run, options);
}

/**
 * Trains a run in threads of its own; see {@link startTraining}.
 *
 * @throws LockstepError as `fit`; RunLostError when workers are lost again and again, with the state to go on from; WORKER_LOST
 * without one when the thread that drives the run ends, or one can be neither reached nor ended
 */
export async function train(run: Run, options: TrainOptions = {}): Promise<TrainResult> {
  return await startTraining(run, options).result;
}
