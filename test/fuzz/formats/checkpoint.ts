import assert from 'node:assert/strict';
import { defineRun, fit, standardise } from '@lockstep/core';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type RunDescription,
  requireSameRun,
  restorePreprocessing,
  sourceOfBytes,
  takeCheckpoint,
} from '@lockstep/core/io';
import { readCheckpoint } from '@lockstep/core/node';
import small from '../../fixtures/runFiles/small.ts';
import type { RandomIntegers } from '../../soak/randomIntegers.ts';
import { changes } from '../changes.ts';
import type { Format } from '../format.ts';
import { recordChanges } from './recordChanges.ts';

const run = defineRun({
  ...small.options,
  data: { train: standardise(small.train, 'x'), validation: 0.25 },
  metrics: ['accuracy', 'confusionMatrix'],
  earlyStopping: { patience: 3, restoreBest: true },
  epochs: 2,
  checkpoint: { everySteps: 1 },
});

const checkpoints: Checkpoint[] = [];
await fit(run, { onSave: (state, done) => void checkpoints.push(takeCheckpoint(run, state, done)) });

const bytesOf = (checkpoint: Checkpoint): Uint8Array =>
  Uint8Array.from(Buffer.concat([...encodeCheckpoint(checkpoint)]));

const decoded = (bytes: Uint8Array): Checkpoint => decodeCheckpoint(sourceOfBytes(bytes));

/** What any change makes of a description's JSON; the same if that is no JSON. */
function changedDescription(random: RandomIntegers, description: RunDescription): RunDescription {
  const texts = Object.entries(changes);
  const [, change] = texts[random.below(texts.length)] ?? [];
  const text = new TextEncoder().encode(JSON.stringify(description));
  try {
    return { ...description, ...JSON.parse(new TextDecoder().decode(change?.(random, text))) };
  } catch {
    return description;
  }
}

function changedText(random: RandomIntegers, bytes: Uint8Array): Uint8Array {
  let checkpoint: Checkpoint;
  try {
    checkpoint = decoded(bytes);
  } catch {
    return bytes;
  }
  const field = random.pick(['configuration', 'preprocessing']);
  return bytesOf({ ...checkpoint, [field]: changedDescription(random, checkpoint[field]) });
}

/** As a mode leaves it in which workers do not keep together. */
function withStaleness({ state, ...checkpoint }: Checkpoint): Checkpoint {
  const staleness = [{ updates: 3, mean: 4 / 3, max: 2, histogram: [1, 0, 2] }];
  return {
    ...checkpoint,
    state: { ...state, loop: { ...state.loop, sums: { ...state.loop.sums, staleness } } },
  };
}

/** One of the middle of an epoch, and the last. */
const samples = [checkpoints[1], checkpoints.at(-1)].flatMap((checkpoint, at) =>
  checkpoint ? [{ name: `step-${at}.ckpt`, bytes: bytesOf(withStaleness(checkpoint)) }] : [],
);

export const checkpoint: Format = {
  name: 'checkpoints',
  samples,
  changes: { ...recordChanges, 'description changed': changedText },
  read: async (file, { sample, keepsChecksums }) => {
    const read = await readCheckpoint(file);
    // Every byte is covered by a checksum.
    if (!keepsChecksums) assert.deepEqual(read, decoded(sample.bytes));
    requireSameRun(read, run);
    restorePreprocessing(run, read);
  },
  codes: ['CHECKPOINT_TRUNCATED', 'CHECKPOINT_CORRUPT', 'CHECKPOINT_NEWER', 'OTHER_RUN', 'BAD_TABLE'],
};
