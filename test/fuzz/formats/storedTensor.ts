import assert from 'node:assert/strict';

/** What a file of an array is read as has as many values as its shape says. */
export function requireWhole({
  shape,
  values,
}: {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}): void {
  // An axis of no elements leaves none, however long the others are.
  const size = shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1);
  assert.equal(values.length, size, `shape [${shape.join(', ')}]`);
}
