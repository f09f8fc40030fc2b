import { sizeOf } from '../tensor/tensorType.ts';
import { type Dataset, fieldOf, requireInMemory, storedRow, withField } from './dataset.ts';

/**
 * Makes a field reach the model with every feature from 0 to 1 over the rows of the view. The values stay as they are: the
 * preprocessing is applied to each batch, and to whatever is predicted later. A constant feature becomes 0.
 *
 * @throws LockstepError UNKNOWN_OPTION when the field is not there; BAD_OPTION for a streamed data set
 */
export function minMax(data: Dataset, name: string): Dataset {
  requireInMemory(data, 'cannot be measured', 'rescale() takes numbers that you know.');
  const field = fieldOf(data, name);
  const size = sizeOf(field.shape);
  const least = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  const greatest = new Array<number>(size).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < data.rows; row++) {
    const start = storedRow(data, row) * size;
    for (let feature = 0; feature < size; feature++) {
      const value = field.values[start + feature] ?? 0;
      if (value < (least[feature] ?? 0)) least[feature] = value;
      if (value > (greatest[feature] ?? 0)) greatest[feature] = value;
    }
  }
  const scale = greatest.map((high, feature) =>
    high === least[feature] ? 1 : 1 / (high - (least[feature] ?? 0)),
  );
  return withField(data, name, { ...field, preprocessing: { offset: least, scale } });
}
