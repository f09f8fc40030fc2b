import { expect, it } from 'vitest';
import { type Describe, hasAvx512 } from './cpuRoutines.ts';

const osSaves = 1 << 27;
const features = { f: 1 << 16, vl: -(2 ** 31) };
const cpu =
  ({ leaves = 13, saves = osSaves, has = features.f | features.vl } = {}): Describe =>
  (leaf) =>
    leaf === 0 ? [leaves, 0, 0, 0] : leaf === 1 ? [0, 0, saves, 0] : [0, has, 0, 0];

it.each([
  ['a CPU with AVX-512F and VL', cpu(), 0xe7, true],
  ['one without VL', cpu({ has: features.f }), 0xe7, false],
  ['one without F', cpu({ has: features.vl }), 0xe7, false],
  ['one that is too old to be asked', cpu({ leaves: 6 }), 0xe7, false],
  ['an operating system that saves no vectors', cpu({ saves: 0 }), 0xe7, false],
  ['an operating system that saves 256 bits of them', cpu(), 0x07, false],
])('%s', (_, describe, state, wanted) => {
  expect(hasAvx512(describe, () => state)).toBe(wanted);
});
