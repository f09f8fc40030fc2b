import { expect, it } from 'vitest';
import { selectRows, valuesOf } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';
import { oneHot } from './oneHot.ts';

it('gives a one for each label', () => {
  const data = fromArrays({ x: [1, 2, 3], y: { values: [2, 0, 1], classes: 3 } });
  const hot = oneHot(selectRows(data, [2, 0]), 'y');
  expect(hot.fields['y']).toMatchObject({ shape: [3], dtype: 'float32' });
  expect([...valuesOf(hot, 'y')]).toEqual([0, 1, 0, 0, 0, 1]);
  expect(() => oneHot(data, 'x')).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
