import { expect } from 'vitest';

/** Largest absolute difference; NaN if there is one. */
export function largestDistance(got: readonly number[], wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, at) => Math.abs((got[at] ?? Number.NaN) - value)));
}

/** Largest absolute difference of any element of any tensor; the tensors have to be the same. */
export function largestWeightDistance(
  got: ReadonlyMap<string, readonly number[]>,
  wanted: ReadonlyMap<string, readonly number[]>,
): number {
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  return Math.max(...[...wanted].map(([name, values]) => largestDistance(got.get(name) ?? [], values)));
}
