import type { ReduceMode } from '@lockstep/core/engine';
import type { CpuProfileOptions } from '../timeline/cpuProfile.ts';
import type { ChaosPoint } from './chaos.ts';
import type { SlowWorker } from './slowness.ts';
import type { Workers } from './workers.ts';

/** How threads are watched, and what is done when one fails. Nothing here changes a bit of any result. */
export interface FailureOptions {
  /** Threads that may be lost and replaced in an engine's life; one more ends it. Default 3. */
  readonly maxLosses?: number;
  /** Seconds in which no rank begins a phase of a step until those that are late count as lost. Default 30. */
  readonly hangSeconds?: number;
  /** Seconds between copies of the variables: what has to be computed again after a loss, at most. Default 5. */
  readonly copySeconds?: number;
  /** Told of every thread that is lost and replaced, and of workers that have no work. */
  onWarning?(message: string): void;
  /** Failures on purpose, for tests. */
  readonly chaos?: readonly ChaosPoint[];
  /** Makes one worker take so many times as long as it would, on purpose: for tests and benchmarks. */
  readonly slow?: SlowWorker | undefined;
}

export interface EngineOptions extends FailureOptions {
  /** Threads that read streamed data sets. Default: half of the cores, up to 4, at least 1. */
  readonly loaders?: number;
  /** Sample what each thread does, and write it to files when the threads end. Default: no. */
  readonly cpuProfile?: CpuProfileOptions;
}

/** How sums over the mini-batch are combined; same bits. `auto` is `fused`, but tries `tree` in a long run where it may pay. */
export type ReduceChoice = ReduceMode | 'auto';

export interface ThreadsOptions extends EngineOptions {
  /** Default: what the engine's maker is asked for. */
  readonly workers?: Workers;
  /** Default `auto`. */
  readonly reduce?: ReduceChoice;
  /** Emit 4 x 16 tiles; same bits, other speed. Default: where a probe finds them faster. */
  readonly wide?: boolean;
  /** Make products by machine code; same bits, other speed. Default: where this process was told that it may (`useMachineCode`). */
  readonly machineCode?: boolean;
}

/** Record what each worker does. */
export interface TimelineOptions {
  /** Spans of a worker that are kept: the newest. */
  readonly capacity: number;
}
