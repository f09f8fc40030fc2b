import { expect, it } from 'vitest';
import { selectRows } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';
import { standardise } from './standardise.ts';

it('gives mean 0 and standard deviation 1 by feature, over the rows of the view only', () => {
  const data = fromArrays({
    x: [
      [2, 5],
      [4, 5],
      [1000, 1000],
      [6, 5],
      [8, 5],
    ],
  });
  const { preprocessing } = standardise(selectRows(data, [0, 1, 3, 4]), 'x').fields['x'] ?? {};
  // Mean 5, population variance (9 + 1 + 1 + 9) / 4 = 5; the second feature is constant.
  expect(preprocessing).toEqual({ offset: [5, 5], scale: [1 / Math.sqrt(5), 1] });
});
