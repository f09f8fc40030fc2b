import type { CheckpointEvent, DoneEvent, Run, RunState } from '@lockstep/core';
import type { CheckpointFolder } from '@lockstep/core/node';

/** Whether a state is from before another one of the same run. */
function isBefore({ loop: a }: RunState, { loop: b }: RunState): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.step < b.step);
}

/** Saves a run: one state after another, and never one that is older than what is saved. */
export class RunSaver {
  readonly #run: Run;
  readonly #folder: CheckpointFolder;
  readonly #onSaved: (event: CheckpointEvent) => void;
  #newest: RunState | undefined;
  #over = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(run: Run, folder: CheckpointFolder, onSaved: (event: CheckpointEvent) => void) {
    this.#run = run;
    this.#folder = folder;
    this.#onSaved = onSaved;
  }

  /** @throws LockstepError NOT_WRITABLE */
  async save(state: RunState, done?: DoneEvent): Promise<void> {
    const saving = this.#saving.then(() => this.#save(state, done));
    this.#saving = saving.catch(() => {});
    await saving;
  }

  async #save(state: RunState, done: DoneEvent | undefined): Promise<void> {
    if (this.#over || (this.#newest && isBefore(state, this.#newest))) return;
    const { takeCheckpoint } = await import('@lockstep/core/io');
    const path = await this.#folder.save(takeCheckpoint(this.#run, state, done));
    this.#newest = state;
    this.#over = done !== undefined;
    this.#onSaved({ type: 'checkpoint', path, step: state.loop.stepsMade });
  }
}
