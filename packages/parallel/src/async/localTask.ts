import type { LocalLayout } from './localLayout.ts';
import type { LocalOptions } from './localOptions.ts';

/**
 * What a step of a program does: sets the initial values; changes no variable; computes a part of a mini-batch; makes the
 * step of a mini-batch, or of all its parts.
 */
export type StepKind = 'initial' | 'reading' | 'part' | 'training';

/** Bytes of the variables, from their start, that are treated in the same way when replicas meet. */
export interface MeetingSpan {
  readonly from: number;
  readonly end: number;
  /** Moved by the outer step; otherwise replaced by the mean. */
  readonly outer: boolean;
}

/** How replicas are trained apart, as plain data for every rank. */
export interface LocalProgram extends LocalOptions {
  readonly layout: LocalLayout;
  /** Workers. */
  readonly threads: number;
  /** The most of any program. */
  readonly phases: number;
  /** The most of any mini-batch. */
  readonly parts: number;
  /** Of each program. */
  readonly kinds: readonly StepKind[];
  /** In order, without gaps. */
  readonly spans: readonly MeetingSpan[];
  /** See `emitReplicaMeeting`. */
  readonly meeting: WebAssembly.Module;
}

/** Steps of validations that a worker makes between two looks at requests. */
export const readingSteps = 16;

/** The most phases that a worker makes between two barriers. */
export function phasesApart({ replicas, threads, steps, phases, parts }: LocalProgram): number {
  const training = Math.ceil(replicas / threads) * steps * (1 + parts);
  return phases * Math.max(training, readingSteps);
}
