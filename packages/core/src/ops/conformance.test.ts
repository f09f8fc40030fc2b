import { describe, expect, test } from 'vitest';
import { allOps } from './index.ts';
import { testConformance } from './testing/conformance.ts';

test('names of ops are unique', () => {
  expect(new Set(allOps.map((op) => op.name)).size).toBe(allOps.length);
});

describe.each(allOps.map((op) => ({ name: op.name, op })))('$name', ({ op }) => {
  testConformance(op);
});
