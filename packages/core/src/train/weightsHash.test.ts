import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type NamedTensor, optimizerHash, weightsHash } from './weightsHash.ts';

const parameter = (path: string, ...values: number[]): NamedTensor => ({
  path,
  role: 'parameter',
  values: Float32Array.from(values),
});

const sha256 = (...bytes: number[]): string =>
  `sha256:${createHash('sha256').update(Uint8Array.from(bytes)).digest('hex')}`;

describe('weightsHash', () => {
  it('is SHA-256 of the little-endian float32 bytes', () => {
    expect(weightsHash([])).toBe(sha256());
    // 1 = 0x3f800000, -2 = 0xc0000000, the smallest denormal = 1, -0 = 0x80000000.
    expect(weightsHash([parameter('a', 1, -2, 2 ** -149, -0)])).toBe(
      sha256(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1, 0, 0, 0, 0, 0, 0, 0x80),
    );
  });

  it('orders tensors by code unit, whatever order they come in', () => {
    const bytes = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40];
    const inOrder = [parameter('layers.10.b', 1), parameter('layers.2.b', 2), parameter('ß', 3)];
    expect(weightsHash(inOrder)).toBe(sha256(...bytes));
    expect(weightsHash(inOrder.toReversed())).toBe(sha256(...bytes));
  });

  it('counts running statistics and leaves optimizer state out', () => {
    const statistic: NamedTensor = { ...parameter('b', 2), role: 'statistic' };
    const state: NamedTensor = { ...parameter('c', 3), role: 'optimizer' };
    expect(weightsHash([parameter('a', 1), statistic, state])).toBe(sha256(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40));
  });

  it('takes all NaNs for one', () => {
    const payload = new Float32Array(Uint32Array.of(0xffc12345).buffer);
    expect(weightsHash([{ path: 'a', role: 'parameter', values: payload }])).toBe(sha256(0, 0, 0xc0, 0x7f));
  });
});

describe('optimizerHash', () => {
  it('is the hash of what the weights hash leaves out', () => {
    const state: NamedTensor = { ...parameter('c', 1), role: 'optimizer' };
    const average: NamedTensor = { ...parameter('d', 2), role: 'average' };
    const others = [parameter('a', 2), state, average];
    expect(optimizerHash(others)).toBe(sha256(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40));
    expect(weightsHash(others)).toBe(weightsHash([parameter('a', 2)]));
  });
});
