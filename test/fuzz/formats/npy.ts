import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpy } from '@lockstep/core/node';
import type { Format } from '../format.ts';
import { requireWhole } from './storedTensor.ts';

const folder = join(import.meta.dirname, '../../fixtures/numpy');

/** Written by NumPy. */
const samples = readdirSync(folder)
  .filter((name) => name.endsWith('.npy'))
  .map((name) => ({ name, bytes: Uint8Array.from(readFileSync(join(folder, name))) }));

export const npy: Format = {
  name: 'NPY',
  samples,
  read: (file) => requireWhole(readNpy(file)),
  codes: ['BAD_NPY', 'NPY_TRUNCATED', 'DTYPE_MISMATCH'],
};
