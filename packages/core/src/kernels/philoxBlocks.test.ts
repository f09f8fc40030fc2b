import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../nest/philox.ts';
import { emitPhiloxBlocks } from './philoxBlocks.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(emitPhiloxBlocks()), {
  lockstep: { memory },
});
const { blocks } = exports;
if (typeof blocks !== 'function') throw new Error('no function');

describe('blocks', () => {
  it.each([
    [0, 0, 0, 0, 0, 0],
    [0xfffffffe, 1, 2, 0xdeadbeef, 0x80000000, 0xffffffff],
    [12_345, 0xffffffff, 0x7fffffff, 0x80000001, 0x9e3779b9, 3],
  ])('of counter %i, %i, %i, %i and key %i, %i are those of the host', (block, w1, w2, w3, key0, key1) => {
    const [from, count] = [128, 12];
    new Uint32Array(memory.buffer).fill(7);
    blocks(block, w1, w2, w3, key0, key1, from, from + 16 * count);
    const wanted = Array.from({ length: count }, (_, at) =>
      philox4x32([block + at, w1, w2, w3], [key0, key1]),
    );
    expect([...new Uint32Array(memory.buffer, from, 4 * count)]).toEqual(wanted.flat());
    // Nothing before or behind.
    expect(new Uint32Array(memory.buffer)[from / 4 - 1]).toBe(7);
    expect(new Uint32Array(memory.buffer)[from / 4 + 4 * count]).toBe(7);
  });
});
