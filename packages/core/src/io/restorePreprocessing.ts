import type { Preprocessing } from '../data/field.ts';
import { parseTableEncoding } from '../data/table/parseTableEncoding.ts';
import type { Run } from '../train/defineRun.ts';
import type { Checkpoint, Json } from './checkpoint.ts';
import { corrupt } from './records.ts';

type JsonObject = { readonly [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function numbersOf(value: Json | undefined): readonly number[] {
  const isNumber = (each: Json): each is number => typeof each === 'number';
  if (Array.isArray(value) && value.every(isNumber)) return value;
  throw corrupt('a preprocessing that is none');
}

function preprocessingOf(field: Json | undefined): { readonly preprocessing?: Preprocessing } {
  const stored = isObject(field) ? field['preprocessing'] : undefined;
  if (!isObject(stored)) return {};
  return { preprocessing: { offset: numbersOf(stored['offset']), scale: numbersOf(stored['scale']) } };
}

/**
 * The run with the preprocessing that its model was trained with, whatever its data has become since: `evaluate` and `predict`
 * prepare rows by it.
 *
 * @throws LockstepError CHECKPOINT_CORRUPT or BAD_TABLE when what was saved is no preprocessing
 */
export function restorePreprocessing(run: Run, { preprocessing }: Checkpoint): Run {
  const stored = preprocessing['fields'];
  const fields = Object.entries(run.train.fields).map(([name, { preprocessing: _own, ...field }]) => [
    name,
    { ...field, ...preprocessingOf(isObject(stored) ? stored[name] : undefined) },
  ]);
  const { encoding } = preprocessing;
  return {
    ...run,
    train: {
      ...run.train,
      fields: Object.fromEntries(fields),
      ...(encoding !== undefined && { encoding: parseTableEncoding(encoding) }),
    },
  };
}
