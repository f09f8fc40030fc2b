import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockstepError, type RunSettings } from '@lockstep/core';
import type { TrainedBits } from './trainedBits.ts';

/** What the other process is to train. */
export interface FlaglessTask {
  readonly file: string;
  readonly changes: RunSettings;
}

/** What it answers with. */
export type FlaglessAnswer =
  | { readonly kind: 'trained'; readonly bits: TrainedBits }
  | { readonly kind: 'failed'; readonly message: string };

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const entry = fileURLToPath(new URL(`./flagless${extname(import.meta.url)}`, import.meta.url));

function isAnswer(message: unknown): message is FlaglessAnswer {
  return typeof message === 'object' && message !== null && 'kind' in message;
}

/**
 * Trains a run in a process of its own, in which V8 has its usual flags: they hold for a whole process.
 *
 * @throws LockstepError INTERNAL when that process fails
 */
export async function trainWithoutFlags(task: FlaglessTask): Promise<TrainedBits> {
  // What the run file prints has been printed by this process.
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const answer = new Promise<FlaglessAnswer>((resolve) => {
    child.on('message', (message) => {
      if (isAnswer(message)) resolve(message);
    });
    child.on('error', ({ message }) => resolve({ kind: 'failed', message }));
    child.on('exit', (code, signal) =>
      resolve({ kind: 'failed', message: `it ended with ${signal ?? `exit code ${code}`}` }),
    );
  });
  child.send(task);
  const answered = await answer;
  if (answered.kind === 'trained') return answered.bits;
  throw new LockstepError('INTERNAL', 'the training in a process without V8 flags failed', {
    got: answered.message,
  });
}
