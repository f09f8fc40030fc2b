import { LockstepError } from '../../errors.ts';
import { describeValue } from '../../options.ts';
import { isTexts } from './encoders/categories.ts';
import { parseColumnEncoding } from './encoders/index.ts';
import type { EncodedColumn, TableEncoding } from './tableEncoding.ts';
import type { TargetEncoding } from './target.ts';

function bad(place: string, value: unknown, wanted: string): LockstepError {
  return new LockstepError('BAD_TABLE', 'this is not how a table is encoded', {
    where: { field: place },
    got: describeValue(value),
    wanted,
  });
}

function recordOf(place: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(place, value, 'an object');
  return { ...value };
}

function parseColumn(place: string, value: unknown): EncodedColumn {
  const { column, encoding } = recordOf(place, value);
  if (typeof column !== 'string') throw bad(`${place}.column`, column, 'the name of a column');
  const parsed = parseColumnEncoding(recordOf(`${place}.encoding`, encoding));
  if (parsed === undefined) throw bad(`${place}.encoding`, encoding, 'the encoding of a column');
  return { column, encoding: parsed };
}

function parseTarget(value: unknown): TargetEncoding {
  const { kind, column, classes, offset, scale } = recordOf('target', value);
  if (typeof column !== 'string') throw bad('target.column', column, 'the name of a column');
  if (kind === 'classes' && isTexts(classes)) return { kind, column, classes };
  if (kind === 'number' && Number.isFinite(offset) && Number.isFinite(scale) && scale !== 0)
    return { kind, column, offset: Number(offset), scale: Number(scale) };
  throw bad('target', value, 'classes, or offset and scale');
}

/**
 * The encoding that a value read from a file is, such as what `JSON.parse` gives.
 *
 * @throws LockstepError BAD_TABLE, with the place, for anything else
 */
export function parseTableEncoding(value: unknown): TableEncoding {
  const { version, missing, columns, target } = recordOf('encoding', value);
  if (version !== 1) throw bad('version', version, '1');
  if (!isTexts(missing)) throw bad('missing', missing, 'a list of different texts');
  if (!Array.isArray(columns)) throw bad('columns', columns, 'a list');
  const parsed = columns.map((column: unknown, at) => parseColumn(`columns.${at}`, column));
  const names = parsed.map(({ column }) => column);
  if (!isTexts(names)) throw bad('columns', columns, 'each column once');
  return {
    version,
    missing,
    columns: parsed,
    ...(target === undefined ? {} : { target: parseTarget(target) }),
  };
}
