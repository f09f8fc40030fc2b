import fc from 'fast-check';
import { expect, it } from 'vitest';
import { histogramOf } from './histogramOf.ts';

it('counts numbers in thirty buckets of equal width', () => {
  const { min, max, num, sum, sumSquares, bucketLimit, bucket } = histogramOf([0, 0.5, 1, 2.5, 30]);
  expect({ min, max, num, sum, sumSquares }).toEqual({ min: 0, max: 30, num: 5, sum: 34, sumSquares: 907.5 });
  expect(bucketLimit).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  expect(bucket.slice(0, 4)).toEqual([2, 1, 1, 0]);
  expect(bucket.at(-1)).toBe(1);
});

it('has one bucket for equal numbers, and none but an empty one without any', () => {
  expect(histogramOf([3, 3])).toMatchObject({ min: 3, max: 3, bucketLimit: [3], bucket: [2] });
  expect(histogramOf([Number.NaN])).toMatchObject({ num: 0, bucketLimit: [0], bucket: [0] });
});

it('has every finite number in the bucket that its bounds say', () => {
  const anything = fc.oneof(
    fc.float(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -3.4e38, 3.4e38),
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 40 }), (values) => {
      const finite = values.filter(Number.isFinite);
      const { num, bucketLimit, bucket } = histogramOf(values);
      expect(num).toBe(finite.length);
      expect(bucket.reduce((total, count) => total + count)).toBe(num);
      expect(bucketLimit).toEqual(bucketLimit.toSorted((a, b) => a - b));
      // In the first bucket are those below its bound, but for those that rounding leaves on the other side of it.
      const [first = 0] = bucketLimit;
      const isBelow = bucket.length === 1 ? () => true : (value: number) => value < first;
      const near = finite.filter((value) => Math.abs(value - first) <= 1e-9 * Math.abs(first)).length;
      expect(Math.abs((bucket[0] ?? 0) - finite.filter(isBelow).length)).toBeLessThanOrEqual(near);
    }),
  );
});
