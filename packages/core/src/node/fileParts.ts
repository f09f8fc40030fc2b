import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FieldDType } from '../data/field.ts';
import { npyHeaderLength, npyPrologue, parseNpyHeader } from '../data/formats/npyHeader.ts';
import { fieldBytes } from '../data/rowStream.ts';
import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { dataMissing, isSystemError } from './readBytes.ts';

/** Rows that lie one after another in a file. */
export interface FilePart {
  readonly file: string;
  /** Byte at which the first row begins. */
  readonly start: number;
  readonly rows: number;
}

/** The rows of a field, in files. */
export interface FieldFiles {
  readonly shape: readonly number[];
  readonly dtype: FieldDType;
  readonly parts: readonly FilePart[];
}

/** What files without a header do not say. */
export interface RawRows {
  readonly shape: readonly number[];
  readonly dtype: FieldDType;
}

/** Element types that can be read as they lie: memory is little-endian. */
const plainTypes: ReadonlyMap<string, FieldDType> = new Map([
  ['<f4', 'float32'],
  ['<i4', 'int32'],
  ['|u1', 'uint8'],
  ['|b1', 'uint8'],
]);

/** The files of a folder in the order of their names by code unit, or the file itself. */
function filesOf(path: string): readonly string[] {
  const absolute = resolve(path);
  try {
    if (!statSync(absolute).isDirectory()) return [absolute];
    const entries = readdirSync(absolute, { withFileTypes: true });
    const names = entries.flatMap((each) => (each.isFile() && !each.name.startsWith('.') ? [each.name] : []));
    return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(absolute, name));
  } catch (cause) {
    if (isSystemError(cause)) throw dataMissing(absolute, cause);
    throw cause;
  }
}

/** Reads the start of a file, and how long it is. */
function withFile<T>(file: string, look: (read: (length: number) => Uint8Array, size: number) => T): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const opened = descriptor;
    const { size } = fstatSync(opened);
    // How long its header is, a file may say wrongly: no more is allocated than there is to read.
    const read = (length: number): Uint8Array => {
      const bytes = new Uint8Array(Math.min(length, size));
      return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, 0));
    };
    return look(read, size);
  } catch (cause) {
    if (isSystemError(cause) && !(cause instanceof LockstepError)) throw dataMissing(file, cause);
    throw cause;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function npyPart(file: string): FieldFiles {
  return withFile(file, (read, size) => {
    const prologue = read(npyPrologue);
    const { descr, fortranOrder, shape, start } = parseNpyHeader(read(npyHeaderLength(prologue, file)), file);
    const dtype = plainTypes.get(descr);
    if (dtype === undefined || fortranOrder || shape.length === 0)
      throw new LockstepError('BAD_NPY', 'the rows of the array cannot be read one by one', {
        where: { file },
        got: `${descr} [${shape.join(', ')}]${fortranOrder ? ', column-major' : ''}`,
        wanted: `rows of ${[...plainTypes.keys()].join(', ')}, row-major`,
        hint: 'Save it anew: numpy.save(file, numpy.ascontiguousarray(array, "float32")).',
      });
    const wanted = start + sizeOf(shape) * fieldBytes[dtype];
    if (size < wanted)
      throw new LockstepError('NPY_TRUNCATED', 'the file ends inside its data', {
        where: { file },
        got: `${size} bytes`,
        wanted: `${wanted} for shape [${shape.join(', ')}]`,
      });
    return { shape: shape.slice(1), dtype, parts: [{ file, start, rows: shape[0] ?? 0 }] };
  });
}

function rawPart(file: string, { shape, dtype }: RawRows): FieldFiles {
  return withFile(file, (_, size) => {
    const bytes = sizeOf(shape) * fieldBytes[dtype];
    if (bytes === 0 || size % bytes !== 0)
      throw new LockstepError('SHAPE_MISMATCH', 'the file does not hold whole rows', {
        where: { file },
        got: `${size} bytes`,
        wanted: `a multiple of ${bytes} for ${dtype} [${shape.join(', ')}]`,
      });
    return { shape, dtype, parts: [{ file, start: 0, rows: size / bytes }] };
  });
}

/**
 * Looks where the rows of a field are, without reading them.
 *
 * @param path - a file, or a folder whose files are taken in the order of their names by code unit
 * @param raw - what a row is, for files of bare rows; absent: the files are NPY
 * @throws LockstepError DATA_MISSING; BAD_NPY or NPY_TRUNCATED; SHAPE_MISMATCH for a file that does not hold whole rows or holds
 * others than the first; EMPTY_DATA
 */
export function findRows(path: string, raw?: RawRows): FieldFiles {
  const found = filesOf(path).map((file) => (raw === undefined ? npyPart(file) : rawPart(file, raw)));
  const [first] = found;
  if (first === undefined || found.every(({ parts }) => parts[0]?.rows === 0))
    throw new LockstepError('EMPTY_DATA', 'there are no rows', { where: { file: path } });
  const describe = ({ dtype, shape }: FieldFiles): string => `${dtype} [${shape.join(', ')}]`;
  for (const each of found)
    if (describe(each) !== describe(first))
      throw new LockstepError('SHAPE_MISMATCH', 'the files hold different rows', {
        where: { file: each.parts[0]?.file ?? path },
        got: describe(each),
        wanted: `${describe(first)}, as in the first`,
      });
  return { ...first, parts: found.flatMap(({ parts }) => parts) };
}
