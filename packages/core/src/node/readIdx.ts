import { type IdxTensor, parseIdx } from '../data/idx.ts';
import { readBytes } from './readBytes.ts';

/**
 * Reads an IDX file, packed with gzip when its name ends in `.gz`.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP, BAD_IDX or IDX_TRUNCATED
 */
export function readIdx(file: string): IdxTensor {
  return parseIdx(readBytes(file), file);
}
