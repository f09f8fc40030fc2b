import { LockstepError } from '../errors.ts';
import { type Dataset, selectRows } from './dataset.ts';
import { permutation } from './order.ts';

/**
 * Sets rows aside for validation: a random choice that depends on the seed and the number of rows alone. Both parts keep
 * the order of the data set; no values are copied. At least one row goes to each part.
 *
 * @param fraction - of the rows that go to validation, above 0 and below 1 (rounded to whole rows)
 * @throws LockstepError BAD_OPTION for another fraction; EMPTY_DATA when there are fewer than 2 rows
 */
export function trainValidationSplit(
  data: Dataset,
  fraction: number,
  seed: number,
): { readonly train: Dataset; readonly validation: Dataset } {
  if (!(fraction > 0 && fraction < 1))
    throw new LockstepError('BAD_OPTION', 'this part of the rows cannot be set aside', {
      where: { field: 'fraction' },
      got: String(fraction),
      wanted: 'a number above 0 and below 1',
    });
  if (data.rows < 2)
    throw new LockstepError('EMPTY_DATA', 'there are too few rows to set some aside', {
      where: { field: 'data' },
      got: `${data.rows} rows`,
      wanted: 'at least 2',
    });
  const aside = Math.min(Math.max(Math.round(data.rows * fraction), 1), data.rows - 1);
  const order = permutation(seed, 'split', 0, data.rows);
  return {
    train: selectRows(data, order.subarray(aside).sort()),
    validation: selectRows(data, order.subarray(0, aside).sort()),
  };
}
