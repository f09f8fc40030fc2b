import { expect, test } from 'vitest';
import { matchesPath } from './pathPattern.ts';

test.each([
  ['layers.0.weight', 'layers.0.weight', true],
  ['layers.0.weight', 'layers.0.weights', false],
  ['layers.0.weight', 'layersx0.weight', false],
  ['layers.*.weight', 'layers.12.weight', true],
  ['layers.*', 'layers.0.weight', false],
  ['layers.**', 'layers.0.weight', true],
  ['**.bias', 'encoder.layers.3.bias', true],
  ['**.bias', 'bias', false],
  ['**bias', 'bias', true],
  ['enc*.bias', 'encoder.bias', true],
  ['*', 'scale', true],
  ['a+', 'aa', false],
  [['**.bias', '**.scale'], 'norm.scale', true],
  [[], 'norm.scale', false],
])('%j on %s: %s', (pattern, path, wanted) => {
  expect(matchesPath(pattern, path)).toBe(wanted);
});
