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
  /** Of each program. */
  readonly kinds: readonly StepKind[];
  /** In order, without gaps. */
  readonly spans: readonly MeetingSpan[];
  /** See `emitReplicaMeeting`. */
  readonly meeting: WebAssembly.Module;
}

/** The most steps that a worker makes between two meetings. */
export function stepsApart({ replicas, threads, steps }: LocalProgram): number {
  return Math.ceil(replicas / threads) * steps;
}
