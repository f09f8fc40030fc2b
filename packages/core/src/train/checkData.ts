import { type Dataset, fieldOf } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import type { Comparison } from './task.ts';

/**
 * Labels and ids of a streamed data set are compared with the classes of their field when they are read; here with what there
 * is for them.
 *
 * @throws LockstepError LABEL_OUT_OF_RANGE unless the field says that it has at most so many
 */
export function checkDeclared(
  field: string,
  declared: number | undefined,
  available: number,
  what: string,
): void {
  if (declared === undefined || declared > available)
    throw new LockstepError('LABEL_OUT_OF_RANGE', 'integers of a streamed field may be out of range', {
      where: { field: `data.${field}.classes` },
      got: declared === undefined ? 'no number of classes' : `${declared} classes`,
      wanted: `at most ${available}, for ${available} ${what}`,
      hint: 'Say in `fields` how many classes there are: { shape: [], dtype: "uint8", classes: 10 }.',
    });
}

/** Throws when a label of the data names a class that the output has no column for. */
export function checkLabelsHaveOutputs(
  { output, target, ignoreTarget }: Comparison,
  outputNode: Node | undefined,
  data: Dataset,
): void {
  const { dtype, preprocessing, values, classes: declared } = fieldOf(data, target);
  const classes = outputNode?.shape[1];
  // Integers without preprocessing are class labels to every loss that takes integers at all.
  if (
    dtype === 'float32' ||
    preprocessing !== undefined ||
    outputNode?.shape.length !== 2 ||
    classes === undefined
  )
    return;
  if (data.stream !== undefined) {
    checkDeclared(target, declared, classes, 'columns');
    return;
  }
  const row = values.findIndex((label) => label !== ignoreTarget && (label < 0 || label >= classes));
  if (row >= 0)
    throw new LockstepError(
      'LABEL_OUT_OF_RANGE',
      `the label of row ${row} has no column in the output "${output}"`,
      {
        where: { field: `data.${target}` },
        got: `label ${values[row]}`,
        wanted: `0 to ${classes - 1} for ${classes} columns`,
      },
    );
}

/** Throws when a target that is to be ignored cannot be told: it is compared with what a loss sees. */
export function checkIgnoredTarget({ target, ignoreTarget }: Comparison, data: Dataset): void {
  if (ignoreTarget === undefined || fieldOf(data, target).preprocessing === undefined) return;
  throw new LockstepError('BAD_OPTION', 'targets that are rescaled cannot be ignored by their value', {
    where: { field: `data.${target}` },
    got: `ignoreTarget ${ignoreTarget}`,
    hint: 'Give such rows the sample weight 0, or leave the target as it is.',
  });
}

/** Throws unless a field can weigh the rows of a data set. */
export function checkSampleWeights(name: string, data: Dataset): void {
  const { values } = fieldOf(data, name);
  const at = values.findIndex((weight) => weight < 0);
  if (at >= 0)
    throw new LockstepError('BAD_OPTION', 'the weight of a row is negative', {
      where: { field: `data.${name}` },
      got: String(values[at]),
      wanted: '0 or above',
    });
}

/** Throws unless the validation data has the fields that are used, in the types of the training data. */
export function checkSameFields(train: Dataset, validation: Dataset, used: Iterable<string>): void {
  const describe = (data: Dataset, name: string): string => {
    const { dtype, shape } = fieldOf(data, name);
    return `${dtype} [${shape.join(', ')}]`;
  };
  for (const name of used) {
    const field = `run.data.validation.${name}`;
    if (!Object.hasOwn(validation.fields, name))
      throw new LockstepError('BAD_OPTION', 'the validation data lacks a field', { where: { field } });
    if (describe(validation, name) !== describe(train, name))
      throw new LockstepError('SHAPE_MISMATCH', 'the validation data is unlike the training data', {
        where: { field },
        got: describe(validation, name),
        wanted: describe(train, name),
      });
  }
}
