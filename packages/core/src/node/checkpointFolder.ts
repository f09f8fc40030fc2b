import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../errors.ts';
import type { Checkpoint } from '../io/checkpoint.ts';
import { type CheckpointOptions, defaultKeepLast } from '../train/checkpointOptions.ts';
import type { EpochEvent } from '../train/events.ts';
import { judgeEpoch, type MonitorOptions, type MonitorState } from '../train/monitor.ts';
import { makeFolderDurably } from './makeFolderDurably.ts';
import { readCheckpoint } from './readCheckpoint.ts';
import { isBeside, writeFileDurably } from './writeFileDurably.ts';

/** A checkpoint that was read from a file. */
export interface StoredCheckpoint {
  readonly file: string;
  readonly checkpoint: Checkpoint;
}

export interface NewestCheckpoint {
  /** The newest one that is whole; absent if there is none. */
  readonly stored?: StoredCheckpoint;
  /** Why newer ones are not used, newest first. */
  readonly refused: readonly LockstepError[];
}

interface NumberedFile {
  readonly step: number;
  readonly name: string;
}

/** What is known of a file: a checkpoint and the epoch that it was saved after, if that was between two epochs; or that it is not whole. */
type Known =
  | { readonly kind: 'whole'; readonly epoch: EpochEvent | undefined }
  | { readonly kind: 'damaged' }
  /** Of a newer version, or one that cannot be read now: not ours to delete. */
  | { readonly kind: 'foreign' };

function judgement({ state }: Checkpoint): Known {
  const { step, history } = state.loop;
  return { kind: 'whole', epoch: step === 0 ? history.at(-1) : undefined };
}

async function judged(file: string): Promise<Known> {
  try {
    return judgement(await readCheckpoint(file, { values: 'check' }));
  } catch (error) {
    const isDamaged = error instanceof LockstepError && /^CHECKPOINT_(?:CORRUPT|TRUNCATED)$/.test(error.code);
    return { kind: isDamaged ? 'damaged' : 'foreign' };
  }
}

/**
 * A folder of checkpoints, named after the step they were saved at. A new one is written beside, synced, renamed and read back
 * before an older one is deleted, so at every moment the newest ones that were saved can be read.
 */
export class CheckpointFolder {
  readonly path: string;
  readonly #keepLast: number;
  readonly #keepBest: boolean | MonitorOptions;
  readonly #known = new Map<string, Known>();

  constructor(path: string, { keepLast, keepBest }: Pick<CheckpointOptions, 'keepLast' | 'keepBest'> = {}) {
    this.path = path;
    this.#keepLast = keepLast ?? defaultKeepLast;
    this.#keepBest = keepBest ?? false;
  }

  /**
   * Saves a checkpoint, reads it back, and deletes those that are not to be kept any more: also damaged ones, and those of later
   * steps, which the run has gone back behind.
   *
   * @returns its file
   * @throws LockstepError NOT_WRITABLE when it cannot be written or does not read back; UNKNOWN_OPTION when `keepBest` goes by
   * something that there is not
   */
  async save(checkpoint: Checkpoint): Promise<string> {
    const { encodeCheckpoint } = await import('../io/encodeCheckpoint.ts');
    const name = `step-${String(checkpoint.state.loop.stepsMade).padStart(9, '0')}.ckpt`;
    const file = join(this.path, name);
    try {
      makeFolderDurably(this.path);
      writeFileDurably(file, encodeCheckpoint(checkpoint));
      await readCheckpoint(file, { values: 'check' });
      this.#known.set(name, judgement(checkpoint));
      await this.#prune(checkpoint.state.loop.stepsMade);
    } catch (cause) {
      // What is asked of it, such as what to keep the best by, cannot be done.
      if (cause instanceof LockstepError && cause.exitCode === 2) throw cause;
      throw new LockstepError('NOT_WRITABLE', 'the checkpoint cannot be saved', {
        where: { file },
        got: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
    return file;
  }

  /** The newest checkpoint that is whole, and why those that are newer are not used. */
  async newest(): Promise<NewestCheckpoint> {
    const refused: LockstepError[] = [];
    for (const { name } of this.#files().reverse()) {
      const file = join(this.path, name);
      try {
        return { stored: { file, checkpoint: await readCheckpoint(file) }, refused };
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error;
        refused.push(error);
      }
    }
    return { refused };
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.path);
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (isMissing) return [];
      throw error;
    }
  }

  /** Oldest first. */
  #files(): NumberedFile[] {
    return this.#names()
      .flatMap((name) => {
        const step = /^step-(?<step>\d+)\.ckpt$/.exec(name)?.groups?.['step'];
        return step === undefined ? [] : [{ step: Number(step), name }];
      })
      .sort((a, b) => a.step - b.step);
  }

  async #prune(newest: number): Promise<void> {
    const files = this.#files();
    const known = new Map<string, Known>();
    for (const { name } of files) known.set(name, await this.#know(name));
    const whole = files.filter(({ step, name }) => step <= newest && known.get(name)?.kind === 'whole');
    const best = this.#keepBest === false ? undefined : this.#best(whole, this.#keepBest);
    const kept = new Set([...whole.slice(-this.#keepLast).map(({ name }) => name), best]);
    const others = files.filter(({ name }) => !kept.has(name) && known.get(name)?.kind !== 'foreign');
    const left = this.#names().filter(isBeside);
    for (const name of [...others.map((other) => other.name), ...left])
      rmSync(join(this.path, name), { force: true });
  }

  #best(files: readonly NumberedFile[], keepBest: true | MonitorOptions): string | undefined {
    const monitor = keepBest === true ? {} : keepBest;
    let state: MonitorState = { waited: 0 };
    let best: string | undefined;
    for (const { name } of files) {
      const known = this.#known.get(name);
      if (known?.kind !== 'whole' || known.epoch === undefined) continue;
      const verdict = judgeEpoch('run.checkpoint.keepBest', monitor, state, known.epoch);
      state = verdict.state;
      if (verdict.improved) best = name;
    }
    return best;
  }

  /** Files of a process before this one have to be read for it, once. */
  async #know(name: string): Promise<Known> {
    const known = this.#known.get(name) ?? (await judged(join(this.path, name)));
    this.#known.set(name, known);
    return known;
  }
}
