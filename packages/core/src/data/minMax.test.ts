import { expect, it } from 'vitest';
import { selectRows } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';
import { minMax } from './minMax.ts';

it('gives 0 to 1 by feature, over the rows of the view only', () => {
  const data = fromArrays({
    x: [
      [2, 5],
      [4, 5],
      [1000, 1000],
      [10, 5],
    ],
  });
  const { preprocessing } = minMax(selectRows(data, [0, 1, 3]), 'x').fields['x'] ?? {};
  expect(preprocessing).toEqual({ offset: [2, 5], scale: [1 / 8, 1] });
});
