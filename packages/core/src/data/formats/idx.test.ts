import { describe, expect, it } from 'vitest';
import { parseIdx } from './idx.ts';

/** Bytes of an IDX file, written independently of the reader. */
const file = (type: number, shape: readonly number[], data: readonly number[]): Uint8Array =>
  Uint8Array.from([
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]),
    ...data,
  ]);

const parse = (bytes: Uint8Array) => parseIdx(bytes, 'images-idx3-ubyte');

describe('parseIdx', () => {
  it('reads every element type, big-endian', () => {
    expect(parse(file(0x08, [2, 3], [0, 1, 2, 253, 254, 255]))).toEqual({
      shape: [2, 3],
      dtype: 'uint8',
      values: Uint8Array.of(0, 1, 2, 253, 254, 255),
    });
    expect(parse(file(0x09, [2], [0x80, 0x7f])).values).toEqual(Int32Array.of(-128, 127));
    expect(parse(file(0x0b, [2], [0x80, 0, 0x12, 0x34])).values).toEqual(Int32Array.of(-32768, 0x1234));
    expect(parse(file(0x0c, [1], [0x80, 0, 0, 1])).values).toEqual(Int32Array.of(-2147483647));
    expect(parse(file(0x0d, [1], [0xc0, 0x20, 0, 0])).values).toEqual(Float32Array.of(-2.5));
    expect(parse(file(0x0e, [1], [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])).values).toEqual(Float32Array.of(1.5));
  });

  it('reads from the middle of a larger buffer', () => {
    const whole = Uint8Array.from([9, 9, 9, ...file(0x0d, [1], [0x3f, 0x80, 0, 0]), 9]);
    expect(parse(whole.subarray(3, 15)).values).toEqual(Float32Array.of(1));
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'IDX_TRUNCATED', '0 bytes'],
    ['a cut header', file(0x08, [2, 3], []).subarray(0, 11), 'IDX_TRUNCATED', 'wanted 12'],
    ['cut data', file(0x08, [2, 3], [1, 2, 3, 4, 5]), 'IDX_TRUNCATED', 'got 17 bytes, wanted 18'],
    ['huge announced sizes', file(0x08, [0xffffffff, 0xffffffff], []), 'IDX_TRUNCATED', 'data'],
    ['extra bytes', file(0x08, [1], [1, 2]), 'BAD_IDX', 'goes on'],
    ['a wrong start', Uint8Array.of(80, 75, 3, 4, 0), 'BAD_IDX', '0x50 0x4b'],
    ['an unknown type', file(0x0a, [1], [1]), 'BAD_IDX', '0x0a'],
    ['no axes', file(0x08, [], []), 'BAD_IDX', 'number of axes'],
    ['a packed file', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), 'BAD_IDX', 'gzip'],
  ])('refuses %s', (_what, bytes, code, part) => {
    expect(() => parse(bytes)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(part),
        where: { file: 'images-idx3-ubyte' },
      }),
    );
  });
});
