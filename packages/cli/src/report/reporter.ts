import type { TrainingListener } from '@lockstep/core';

/** Shows a run to whoever started it. */
export interface Reporter {
  readonly listener: TrainingListener;
  /** Says something to a person. */
  note(text: string): void;
  close(): void;
}
