import { extname } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import type { TensorFieldOptions } from '../data/formats/storedTensor.ts';
import { type StreamedOptions, streamed } from '../data/streamed.ts';
import { LockstepError } from '../errors.ts';
import { type FieldFiles, findRows, type RawRows } from './fileParts.ts';

/** A field in files: NPY unless `shape` and `dtype` say what a row of bare numbers (little-endian, row-major) is. */
export interface FieldFilesOptions extends TensorFieldOptions, Partial<RawRows> {
  /** A file, or a folder of files. */
  readonly path: string;
}

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript where it is installed. */
const module = new URL(`./rowFiles${extname(import.meta.url)}`, import.meta.url);

function toFiles({ path, shape, dtype }: FieldFilesOptions): FieldFiles {
  return findRows(path, dtype === undefined ? undefined : { shape: shape ?? [], dtype });
}

const rowsOf = ({ parts }: FieldFiles): number => parts.reduce((total, { rows }) => total + rows, 0);

/**
 * A streamed data set of rows in files, each field in a file or in a folder of files of its own. Blocks are read from where
 * they lie; nothing else is.
 *
 * ```ts
 * streamFiles({
 *   x: 'data/images',
 *   y: { path: 'data/labels.bin', shape: [], dtype: 'uint8', classes: 10 },
 * });
 * ```
 *
 * @throws LockstepError DATA_MISSING; BAD_NPY or NPY_TRUNCATED; SHAPE_MISMATCH when a file holds no whole rows, or fields have
 * different numbers of them; EMPTY_DATA; and as `streamed`
 */
export function streamFiles(
  fields: Readonly<Record<string, string | FieldFilesOptions>>,
  options: Omit<StreamedOptions, 'module' | 'options' | 'rows' | 'fields'> = {},
): Dataset {
  const given = Object.entries(fields).map(([name, field]) => {
    const {
      path,
      shape: _shape,
      dtype: _dtype,
      ...more
    } = typeof field === 'string' ? { path: field } : field;
    return { name, path, more, files: toFiles(typeof field === 'string' ? { path } : field) };
  });
  const [first] = given;
  const rows = first === undefined ? 1 : rowsOf(first.files);
  for (const { name, files, path } of given)
    if (rowsOf(files) !== rows)
      throw new LockstepError('SHAPE_MISMATCH', 'the fields have different numbers of rows', {
        where: { field: `data.${name}`, file: path },
        got: `${rowsOf(files)} rows`,
        wanted: `${rows}, as in ${first?.name}`,
      });
  return streamed({
    ...options,
    module,
    options: { fields: Object.fromEntries(given.map(({ name, files }) => [name, files])) },
    rows,
    fields: Object.fromEntries(
      given.map(({ name, more, files: { shape, dtype } }) => [name, { shape, dtype, ...more }]),
    ),
  });
}
