import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sourceOfBytes } from '@lockstep/core/io';
import { readRecords } from '../../../packages/core/src/io/records.ts';
import type { Format } from '../format.ts';
import { fileOf, recordChanges } from './recordChanges.ts';

const longest = 4096;

/** Files of records, such as event files, without what is in the records. */
export const records: Format = {
  name: 'records',
  samples: [
    {
      name: 'events.tfrecord',
      bytes: fileOf(Array.from({ length: 12 }, (_, at) => new Uint8Array((at * 97) % 400).fill(at))),
    },
  ],
  changes: recordChanges,
  read: (file) => {
    const bytes = readFileSync(file);
    let length = 0;
    for (const payload of readRecords(sourceOfBytes(bytes), { longest })) length += payload.length + 16;
    assert.equal(length, bytes.length, 'bytes of all records');
  },
  codes: ['CHECKPOINT_TRUNCATED', 'CHECKPOINT_CORRUPT'],
};
