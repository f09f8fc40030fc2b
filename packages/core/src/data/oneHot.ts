import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { type Dataset, fieldOf, withField } from './dataset.ts';

/**
 * Makes of a field of class labels one of zeros and ones: a number for each class, float32, 1 for the one that the row has. That is
 * the form in which classes can be mixed, and which `categoricalCrossentropy` takes.
 *
 * @throws LockstepError UNKNOWN_OPTION when the field is not there; BAD_OPTION when it holds no single class label a row
 */
export function oneHot(data: Dataset, name: string): Dataset {
  const { classes, values, shape } = fieldOf(data, name);
  if (classes === undefined || sizeOf(shape) !== 1)
    throw new LockstepError('BAD_OPTION', 'the field does not hold a class label a row', {
      where: { field: `data.${name}` },
      got: `[${shape.join(', ')}]${classes === undefined ? ' without a number of classes' : ''}`,
      hint: 'Say how many there are: fromArrays({ y: { values, classes: 3 } }).',
    });
  const ones = new Float32Array(values.length * classes);
  for (const [row, label] of values.entries()) ones[row * classes + label] = 1;
  return withField(data, name, { shape: [classes], dtype: 'float32', values: ones });
}
