import { expect, it } from 'vitest';
import { purposeKey } from './purpose.ts';

it('is 32-bit FNV-1a, by its published test vectors', () => {
  expect(purposeKey('')).toBe(0x811c9dc5);
  expect(purposeKey('a')).toBe(0xe40c292c);
  expect(purposeKey('foobar')).toBe(0xbf9cf968);
});

it('tells the layers of a deep network apart', () => {
  const purposes = Array.from({ length: 1000 }, (_, layer) =>
    ['dropout', 'kernel', 'bias'].map((what) => `blocks.${layer}.${what}`),
  ).flat();
  expect(new Set(purposes.map(purposeKey)).size).toBe(purposes.length);
});
