import { expect, test } from 'vitest';
import { input } from '../graph/leaves.ts';
import { runOnce } from '../runtime/testing/runOnce.ts';
import { clipByGlobalNorm } from './clipByGlobalNorm.ts';

function clip(
  a: readonly number[],
  b: readonly number[],
  maxNorm: number,
): Record<string, readonly number[]> {
  const { gradients, norm } = clipByGlobalNorm(
    new Map([
      ['b', input('b', { shape: [1, 2] })],
      ['a', input('a', { shape: [2] })],
    ]),
    maxNorm,
  );
  return runOnce({ ...Object.fromEntries(gradients), norm }, { a, b });
}

test('gradients longer than the limit are scaled down together', () => {
  const { a, b, norm } = clip([2, 4], [5, 6], 1);
  expect(norm).toEqual([9]);
  // min(1, 1 / (9 + 1e-6)) in float32.
  const coefficient = Math.fround(1 / Math.fround(9 + Math.fround(1e-6)));
  expect(a).toEqual([2, 4].map((x) => Math.fround(x * coefficient)));
  expect(b).toEqual([5, 6].map((x) => Math.fround(x * coefficient)));
});

test('shorter gradients are left alone, to the bit', () => {
  expect(clip([0.1, 0.2], [0.3, 0.4], 100)).toMatchObject({
    a: [0.1, 0.2].map(Math.fround),
    b: [0.3, 0.4].map(Math.fround),
  });
});

test('gradients that are all zero stay zero', () => {
  expect(clip([0, 0], [0, 0], 1)).toMatchObject({ a: [0, 0], b: [0, 0], norm: [0] });
});

test('one NaN shows in every gradient', () => {
  const { a, b } = clip([Number.NaN, 1], [1, 1], 1);
  expect(a).toEqual([Number.NaN, Number.NaN]);
  expect(b).toEqual([Number.NaN, Number.NaN]);
});

test('a limit of zero is refused', () => {
  expect(() => clip([1, 1], [1, 1], 0)).toThrow('clipping.globalNorm');
});
