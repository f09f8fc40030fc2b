import { streamFiles } from '@lockstep/core/node';
import type { Format } from '../format.ts';
import { npy } from './npy.ts';

/** NPY files whose rows are looked for, but not read. */
export const streamedNpy: Format = {
  name: 'NPY, streamed',
  samples: npy.samples,
  read: (file) => streamFiles({ x: file }),
  codes: ['BAD_NPY', 'NPY_TRUNCATED', 'EMPTY_DATA', 'SHAPE_MISMATCH', 'BAD_OPTION'],
};
