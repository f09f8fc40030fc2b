import { sizeOf } from '../tensor/tensorType.ts';
import { type Dataset, fieldOf, requireInMemory, storedRow, withField } from './dataset.ts';

/**
 * Makes a field reach the model with mean 0 and standard deviation 1 for every feature over the rows of the view. The
 * values stay as they are: the preprocessing is applied to each batch, and to whatever is predicted later. A constant
 * feature becomes 0. Means and (population) standard deviations are float64, in two passes over the rows in the view's
 * order.
 *
 * @throws LockstepError UNKNOWN_OPTION when the field is not there; BAD_OPTION for a streamed data set
 */
export function standardise(data: Dataset, name: string): Dataset {
  requireInMemory(data, 'cannot be measured', 'rescale() takes numbers that you know.');
  const field = fieldOf(data, name);
  const size = sizeOf(field.shape);
  const mean = averageByFeature(data, size, (stored, feature) => field.values[stored * size + feature] ?? 0);
  const variance = averageByFeature(data, size, (stored, feature) => {
    const deviation = (field.values[stored * size + feature] ?? 0) - (mean[feature] ?? 0);
    return deviation * deviation;
  });
  return withField(data, name, {
    ...field,
    preprocessing: { offset: mean, scale: variance.map((value) => (value === 0 ? 1 : 1 / Math.sqrt(value))) },
  });
}

function averageByFeature(
  data: Dataset,
  size: number,
  term: (stored: number, feature: number) => number,
): number[] {
  const sums = new Array<number>(size).fill(0);
  for (let row = 0; row < data.rows; row++) {
    const stored = storedRow(data, row);
    for (let feature = 0; feature < size; feature++)
      sums[feature] = (sums[feature] ?? 0) + term(stored, feature);
  }
  return sums.map((sum) => sum / data.rows);
}
