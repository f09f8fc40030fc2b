import { type CheckpointOptions, type RunState, saveMinutes } from '@lockstep/core';
import type { Training } from '@lockstep/parallel';

/** Saves a run from time to time, until it is stopped. */
export interface RegularSaving {
  stop(): void;
  /** @throws what saving has failed with; the run was stopped then */
  check(): void;
}

/**
 * Saves a run that is under way every so many minutes, if its options say so: its state is taken at the next boundary between two steps, and it goes
 * on while that is written.
 */
export function saveRegularly(
  training: Training,
  options: CheckpointOptions,
  save: (state: RunState) => Promise<void>,
): RegularSaving {
  let failure: { readonly error: unknown } | undefined;
  let isSaving = false;
  const saveNow = async (): Promise<void> => {
    if (isSaving) return;
    isSaving = true;
    try {
      const state = await training.save();
      if (state) await save(state);
    } catch (error) {
      failure ??= { error };
      // That the run cannot be reached is said by its result.
      await training.stop().catch(() => {});
    } finally {
      isSaving = false;
    }
  };
  const minutes = saveMinutes(options);
  const timer = minutes === undefined ? undefined : setInterval(() => void saveNow(), minutes * 60_000);
  return {
    stop: () => clearInterval(timer),
    check: () => {
      if (failure) throw failure.error;
    },
  };
}
