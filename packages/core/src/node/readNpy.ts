import { encodeNpy, parseNpy } from '../data/formats/npy.ts';
import type { StoredTensor } from '../data/formats/storedTensor.ts';
import { readBytes } from './readBytes.ts';
import { writeFileDurably } from './writeFileDurably.ts';

/**
 * Reads an NPY file, as `numpy.save` writes it; packed with gzip when its name ends in `.gz`.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP, BAD_NPY, NPY_TRUNCATED or DTYPE_MISMATCH
 */
export function readNpy(file: string): StoredTensor {
  return parseNpy(readBytes(file), file);
}

/**
 * Writes an NPY file, as `numpy.load` reads it. At every moment the old file or the whole new one is there.
 *
 * @throws LockstepError SHAPE_MISMATCH when there are not as many values as the shape says
 */
export function writeNpy(file: string, tensor: StoredTensor): void {
  writeFileDurably(file, encodeNpy(tensor));
}
