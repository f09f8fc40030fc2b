import { defineRun, fit, type Run, type RunState } from '@lockstep/core';

/** The state of a run after its first step. */
export async function firstStateOf({ options }: Run): Promise<RunState> {
  let first: RunState | undefined;
  const run = defineRun({ ...options, maxSteps: 1, checkpoint: { everySteps: 1 } });
  await fit(run, {
    onSave: (state) => {
      first ??= state;
    },
  });
  if (first === undefined) throw new Error('a run without steps');
  return first;
}
