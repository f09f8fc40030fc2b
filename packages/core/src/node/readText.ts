import { LockstepError } from '../errors.ts';
import { readBytes } from './readBytes.ts';

/** Characters of a text in V8, at most. */
const longest = 2 ** 29 - 24;

/**
 * Reads a file of UTF-8 text, packed with gzip when its name ends in `.gz`.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP; BAD_TABLE when it is too large for one text
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  if (bytes.length > longest)
    throw new LockstepError('BAD_TABLE', 'the file is larger than a text can be', {
      where: { file },
      got: `${bytes.length} bytes`,
      wanted: `at most ${longest}`,
      hint: 'Keep large tables as Parquet or NPY.',
    });
  return new TextDecoder().decode(bytes);
}
