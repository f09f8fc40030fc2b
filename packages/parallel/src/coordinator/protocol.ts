import type { CallbackCommands, DoneEvent, RendezvousEvent, TrainingEvent } from '@lockstep/core';
import type { LoopHooks, LoopOutcome, RunPlan, RunState } from '@lockstep/core/engine';
import type { EngineOptions } from '../threads/threadsOptions.ts';
import type { ErrorData } from './errorData.ts';
import type { CrewProgram } from './openCrew.ts';

/** A run as the coordinator is told of it: plain data, code, and memory with the data sets in place. */
export interface CoordinatorTask {
  readonly plan: RunPlan;
  readonly program: CrewProgram;
  readonly memory: WebAssembly.Memory;
  readonly failure: Omit<EngineOptions, 'onWarning'>;
  /** For each rank memory for a `SpanRing`, if what it does is to be recorded. */
  readonly timelines?: readonly SharedArrayBuffer[];
  /** To tell of once the run has started. */
  readonly warnings: readonly string[];
  readonly resume?: RunState;
  /** Orders of rows that are to be made again; see `OrderLog`. */
  readonly replay?: readonly Int32Array[];
  /** Somebody keeps the states that are to be saved. */
  readonly saves: boolean;
  /** When the run began, in milliseconds since 1970. */
  readonly started: number;
}

/** What the coordinator asks of the thread that has the run's closures. */
export interface CallerHooks {
  emit(event: TrainingEvent): void;
  tabulate: LoopHooks['tabulate'];
  finishMetrics: LoopHooks['finishMetrics'];
  onRendezvous(event: RendezvousEvent): Promise<CallbackCommands>;
  onSave(state: RunState, done?: DoneEvent): Promise<void>;
  /** The order of a row of training steps, if it is kept. */
  onOrder(order: Int32Array): void;
}

export type CoordinatorAnswer =
  | { readonly kind: 'ended'; readonly outcome: LoopOutcome }
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** What the coordinator can be asked, over Comlink. */
export interface CoordinatorApi {
  /** Makes the run; answers at its end, when all threads of it are gone and all events have been heard. */
  start(task: CoordinatorTask, hooks: CallerHooks): Promise<CoordinatorAnswer>;
  /** Ends the run after the step under way. */
  stop(): void;
  /** Makes no more steps until `resume`. */
  pause(): void;
  resume(): void;
  /** The state at the next boundary between two steps; undefined once the run is over. */
  save(): Promise<RunState | undefined>;
}
