import { parseIdx } from '../data/formats/idx.ts';
import type { StoredTensor } from '../data/formats/storedTensor.ts';
import { readBytes } from './readBytes.ts';

/**
 * Reads an IDX file, packed with gzip when its name ends in `.gz`.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP, BAD_IDX or IDX_TRUNCATED
 */
export function readIdx(file: string): StoredTensor {
  return parseIdx(readBytes(file), file);
}
