// Entry of a process that sets no V8 flags: trains one run in its only thread and sends the bits to its parent.
import { fit } from '@lockstep/core';
import { loadRunFile } from '../loadRunFile.ts';
import { trainedBits } from './trainedBits.ts';
import type { FlaglessAnswer, FlaglessTask } from './withoutFlags.ts';

async function answer({ file, changes }: FlaglessTask): Promise<FlaglessAnswer> {
  try {
    return { kind: 'trained', bits: trainedBits(await fit(await loadRunFile(file, changes))) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

process.once('message', async (task: FlaglessTask) => {
  process.send?.(await answer(task), undefined, {}, () => process.disconnect?.());
});
// Nobody waits for the answer any more.
process.once('disconnect', () => process.exit());
