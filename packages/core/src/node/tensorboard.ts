import { closeSync, fsyncSync, openSync, readdirSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '../errors.ts';
import type { Callback } from '../train/callback.ts';
import type { Run } from '../train/defineRun.ts';
import type { TrainingListener } from '../train/events.ts';
import { makeFolderDurably } from './makeFolderDurably.ts';
import { syncFolder } from './writeFileDurably.ts';

/** Writes the event file of a run, which TensorBoard may show meanwhile. */
export interface TensorboardWriter {
  /** Path of the file. */
  readonly file: string;
  /** Is told of every event of the run (`onEvent`). */
  readonly listener: TrainingListener;
  /** To be among the callbacks of the run; none unless something is asked for that takes the weights. */
  readonly callbacks: readonly Callback[];
  close(): void;
}

const prefix = 'events.out.tfevents.';

/**
 * A name for one more file: TensorBoard reads the files of a folder in the order of their names, which begin with the second in
 * which they were made, in ten digits.
 */
function nextName(folder: string): string {
  const made = readdirSync(folder).map((name) =>
    Number(/^events\.out\.tfevents\.(\d{10})\./.exec(name)?.[1] ?? 0),
  );
  const second = Math.max(Math.floor(Date.now() / 1000), ...made.map((each) => each + 1));
  return `${prefix}${second}.${hostname()}.${process.pid}`;
}

function notWritable(file: string, cause: unknown): LockstepError {
  return new LockstepError('NOT_WRITABLE', 'the event file for TensorBoard cannot be written', {
    where: { file },
    got: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

/**
 * Opens one more event file in the folder of a run. Every event is appended in whole records and handed to the system at once, so what
 * reads the file meanwhile, or after the process was killed, sees all but perhaps the last. What a run that goes on makes
 * again takes the place of what was written of it before.
 *
 * ```ts
 * const tensorboard = await openTensorboard(run, 'runs/mine/tensorboard');
 * await train(run, { onEvent: tensorboard.listener });
 * tensorboard.close();
 * ```
 *
 * @param folder - is made if it is not there
 * @throws LockstepError NOT_WRITABLE, the listener too
 */
export async function openTensorboard(run: Run, folder: string): Promise<TensorboardWriter> {
  // Programs that write none need not load what encodes it.
  const { EventEncoder } = await import('../io/tensorboard/eventEncoder.ts');
  const encoder = new EventEncoder(run);
  let file = folder;
  let descriptor: number;
  try {
    makeFolderDurably(folder);
    file = join(folder, nextName(folder));
    descriptor = openSync(file, 'ax');
    syncFolder(folder);
  } catch (cause) {
    throw notWritable(file, cause);
  }
  const append = (bytes: Uint8Array): void => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    } catch (cause) {
      throw notWritable(file, cause);
    }
  };
  append(encoder.begin());
  const { histograms } = run.tensorboard ?? {};
  const callback: Callback = {
    every: histograms ?? 1,
    onEpoch: async ({ step }, variables) => {
      append(encoder.encodeHistograms(step, await variables()));
      return undefined;
    },
  };
  return {
    file,
    listener: (event) => append(encoder.encode(event)),
    callbacks: histograms === undefined ? [] : [callback],
    close: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}
