import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineRun } from '@lockstep/core';
import { encodeCheckpoint, takeCheckpoint } from '@lockstep/core/io';
import { openSavedRun } from '../../../packages/cli/src/savedRun.ts';
import small from '../../fixtures/runFiles/small.ts';
import { type Format, sampleOfText } from '../format.ts';
import { firstStateOf } from './firstStateOf.ts';

const runFile = fileURLToPath(new URL('../../fixtures/runFiles/small.ts', import.meta.url));
const changes = { epochs: 7, batchSize: 4, lanes: 2, learningRate: 0.25, seed: 5 };
const run = defineRun({ ...small.options, ...changes });
const bytes = Buffer.concat([...encodeCheckpoint(takeCheckpoint(run, await firstStateOf(run)))]);

const description = { name: 'small', runFile, changes, workers: 'auto', reduce: 'auto' };

/** What a run's folder says of the run: read when the run is evaluated, beside a checkpoint that is whole. */
export const runDescription: Format = {
  name: 'run.json',
  samples: [sampleOfText('run.json', JSON.stringify(description, null, 2))],
  read: async (file) => {
    const folder = dirname(file);
    const checkpoints = join(folder, 'checkpoints');
    if (!existsSync(checkpoints)) {
      mkdirSync(checkpoints);
      writeFileSync(join(checkpoints, 'step-000000001.ckpt'), bytes);
    }
    await openSavedRun(folder);
  },
  codes: ['BAD_JSON', 'RUN_FILE_MISSING', 'RUN_FILE_INVALID', 'OTHER_RUN', 'UNKNOWN_OPTION', 'BAD_OPTION'],
};
