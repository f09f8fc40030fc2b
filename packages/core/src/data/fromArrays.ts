import { LockstepError } from '../errors.ts';
import { type Dataset, dataset } from './dataset.ts';
import {
  allocateValues,
  dtypeOfValues,
  type Field,
  type FieldDType,
  type FieldValues,
  type Preprocessing,
} from './field.ts';

/** Numbers nested to any depth; the outermost list is the rows. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** Values with what cannot be seen from them. */
export interface FieldSource {
  readonly values: NestedNumbers | FieldValues;
  /** Shape of one row, for values that are one flat list. Default: nested lists tell it, a flat list is one number a row. */
  readonly shape?: readonly number[];
  /** Default: that of the typed array; for lists int32 when `classes` is given, else float32. */
  readonly dtype?: FieldDType;
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly preprocessing?: Preprocessing;
}

const isNested = (values: NestedNumbers): values is readonly NestedNumbers[] => Array.isArray(values[0]);

const isTyped = (source: NestedNumbers | FieldValues): source is FieldValues => ArrayBuffer.isView(source);

/** Shape of nested lists as their first elements tell it; {@link flatten} refuses those that differ. */
function shapeOf(values: NestedNumbers): number[] {
  const [first] = values;
  return typeof first === 'object' ? [values.length, ...shapeOf(first)] : [values.length];
}

function flatten(name: string, values: NestedNumbers, shape: readonly number[], into: number[]): void {
  if (values.length !== shape[0] || isNested(values) !== shape.length > 1)
    throw new LockstepError('SHAPE_MISMATCH', 'the nested lists are not all of one shape', {
      where: { field: `data.${name}` },
      got: `a list of ${values.length} ${isNested(values) ? 'lists' : 'numbers'}`,
      wanted: `${shape[0]} ${shape.length > 1 ? 'lists' : 'numbers'}`,
    });
  if (isNested(values)) for (const inner of values) flatten(name, inner, shape.slice(1), into);
  else for (const value of values) into.push(value);
}

function typedValues(name: string, list: readonly number[], dtype: FieldDType): FieldValues {
  const values = allocateValues(dtype, list.length);
  values.set(list);
  if (dtype === 'float32') return values;
  for (const [at, value] of list.entries())
    if (values[at] !== value)
      throw new LockstepError('DTYPE_MISMATCH', `value ${at} does not fit the element type`, {
        where: { field: `data.${name}` },
        got: String(value),
        wanted: dtype === 'uint8' ? 'a whole number from 0 to 255' : 'a 32-bit whole number',
      });
  return values;
}

function toField(name: string, source: FieldSource): Field {
  const { values, shape, dtype, ...rest } = source;
  if (isTyped(values)) return { shape: shape ?? [], dtype: dtype ?? dtypeOfValues(values), values, ...rest };
  const full = shapeOf(values);
  const flat: number[] = [];
  flatten(name, values, full, flat);
  const chosen = dtype ?? (source.classes === undefined ? 'float32' : 'int32');
  return { shape: shape ?? full.slice(1), dtype: chosen, values: typedValues(name, flat, chosen), ...rest };
}

const isSource = (source: NestedNumbers | FieldValues | FieldSource): source is FieldSource =>
  !Array.isArray(source) && !ArrayBuffer.isView(source);

/**
 * A data set from arrays: nested lists of numbers (float32), typed arrays, or either with a shape, an element type,
 * classes and preprocessing.
 *
 * ```ts
 * fromArrays({ x: [[0, 1], [1, 1]], y: { values: [1, 0], classes: 2 } })
 * ```
 *
 * @throws LockstepError EMPTY_DATA, SHAPE_MISMATCH, DTYPE_MISMATCH, NON_FINITE_DATA or LABEL_OUT_OF_RANGE, with the
 * field, row and column
 */
export function fromArrays(
  sources: Readonly<Record<string, NestedNumbers | FieldValues | FieldSource>>,
): Dataset {
  return dataset(
    Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [
        name,
        toField(name, isSource(source) ? source : { values: source }),
      ]),
    ),
  );
}
