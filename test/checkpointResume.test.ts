import { defineRun, fit, type RunState } from '@lockstep/core';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  requireSameRun,
  sourceOfBytes,
  takeCheckpoint,
} from '@lockstep/core/io';
import { train } from '@lockstep/parallel';
import { expect, it } from 'vitest';
import small from './fixtures/runFiles/small.ts';

const run = defineRun({
  ...small.options,
  earlyStopping: { patience: 3, restoreBest: true },
  reduceOnPlateau: { patience: 1, factor: 0.5 },
  weightAverage: { decay: 0.9 },
  checkpoint: { everySteps: 1 },
});

/** Through the bytes of a checkpoint and back. */
function stored(state: RunState): RunState {
  const bytes = Buffer.concat([...encodeCheckpoint(takeCheckpoint(run, state))]);
  const checkpoint = decodeCheckpoint(sourceOfBytes(bytes));
  requireSameRun(checkpoint, run);
  return checkpoint.state;
}

it('goes on from the checkpoint of any step to the same bits, with any number of workers', async () => {
  const states: RunState[] = [];
  const whole = await fit(run, { onSave: (state) => void states.push(state) });
  // Each of the steps, and the end.
  expect(states.map(({ loop }) => loop.stepsMade)).toEqual([
    ...Array.from({ length: 16 }, (_, at) => at + 1),
    16,
  ]);
  const endOf = ({ weightsHash, variables, loss, valLoss }: typeof whole): unknown => ({
    weightsHash,
    variables,
    loss,
    valLoss,
  });
  for (const state of states) expect(endOf(await fit(run, { resume: stored(state) }))).toEqual(endOf(whole));
  for (const [at, state] of states.filter((_, position) => position % 3 === 1).entries())
    expect(endOf(await train(run, { resume: stored(state), workers: 1 + (at % 3) }))).toEqual(endOf(whole));
}, 60_000);
