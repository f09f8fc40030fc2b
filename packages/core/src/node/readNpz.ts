import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { parseNpy } from '../data/formats/npy.ts';
import type { StoredTensor } from '../data/formats/storedTensor.ts';
import { LockstepError } from '../errors.ts';
import { dataMissing, isSystemError } from './readBytes.ts';

export interface NpzOptions {
  /** Names of the arrays to read. Default: all. */
  readonly arrays?: readonly string[];
  /** Most bytes to unpack, of all arrays together. Default 4 GiB, what one run can hold. */
  readonly maxBytes?: number;
}

/** No deflated byte unpacks to more. */
const deflateRatio = 1032;

function bad(file: string, what: string, got: string, cause?: unknown): LockstepError {
  return new LockstepError('BAD_NPZ', what, {
    where: { file },
    got,
    hint: 'The download may have been interrupted; fetch the file again.',
    cause,
  });
}

async function openZip(file: string): Promise<ZipFile> {
  // Loaded when a zip file is read, not whenever this package is.
  const { openPromise } = await import('yauzl');
  try {
    return await openPromise(file, { autoClose: false });
  } catch (cause) {
    if (isSystemError(cause)) throw dataMissing(file, cause);
    throw bad(file, 'the file is not a whole zip file', cause instanceof Error ? cause.message : '', cause);
  }
}

async function unpack(zip: ZipFile, entry: Entry, file: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > entry.compressedSize * deflateRatio)
    throw bad(
      file,
      `"${entry.fileName}" says that it unpacks to more than it can`,
      `${entry.uncompressedSize} bytes`,
    );
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream: Readable = await zip.openReadStreamPromise(entry);
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) continue;
    parts.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const { crc32 } = process.getBuiltinModule('node:zlib');
  if (crc32(bytes) !== entry.crc32)
    throw bad(file, `"${entry.fileName}" has another checksum than the file says`, 'a broken file');
  return bytes;
}

/**
 * Reads the arrays of an NPZ file, as `numpy.savez` and `numpy.savez_compressed` write it, by their names.
 *
 * ```ts
 * const { image, label } = await readNpz('digits.npz');
 * ```
 *
 * @throws LockstepError DATA_MISSING; BAD_NPZ for a file that is no zip file, is cut off, holds something else than NPY
 * files, unpacks to more than `maxBytes`, or lacks an array that is asked for; BAD_NPY, NPY_TRUNCATED, DTYPE_MISMATCH
 */
export async function readNpz(
  file: string,
  { arrays, maxBytes = 2 ** 32 }: NpzOptions = {},
): Promise<Readonly<Record<string, StoredTensor>>> {
  const zip = await openZip(file);
  const tensors = new Map<string, StoredTensor>();
  let left = maxBytes;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.replace(/\.npy$/, '');
      if (arrays !== undefined && !arrays.includes(name)) continue;
      if (name === entry.fileName) throw bad(file, 'the file holds something else than arrays', `"${name}"`);
      left -= entry.uncompressedSize;
      if (left < 0)
        throw new LockstepError('BAD_NPZ', 'the arrays are larger than may be unpacked', {
          where: { file },
          got: `more than ${maxBytes} bytes`,
          hint: 'Name those that are needed with "arrays", or raise "maxBytes".',
        });
      tensors.set(name, parseNpy(await unpack(zip, entry, file), `${file}:${entry.fileName}`));
    }
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw bad(
      file,
      'the file is not a whole zip file',
      cause instanceof Error ? cause.message : String(cause),
      cause,
    );
  } finally {
    zip.close();
  }
  for (const name of arrays ?? [])
    if (!tensors.has(name)) throw bad(file, 'an array is not there', `"${name}"`);
  return Object.fromEntries(tensors);
}
