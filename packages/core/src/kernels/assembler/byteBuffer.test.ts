import { describe, expect, it } from 'vitest';
import { ByteBuffer } from './byteBuffer.ts';

function written(write: (out: ByteBuffer) => void): number[] {
  const out = new ByteBuffer(1);
  write(out);
  return [...out.toBytes()];
}

/** LEB128 read back with BigInt arithmetic, from its definition. */
function readLeb(bytes: readonly number[], signed: boolean): bigint {
  const value = bytes.reduce((sum, byte, k) => sum | (BigInt(byte & 0x7f) << BigInt(7 * k)), 0n);
  bytes.forEach((byte, k) => {
    expect(byte >>> 7).toBe(k === bytes.length - 1 ? 0 : 1);
  });
  return signed ? BigInt.asIntN(7 * bytes.length, value) : value;
}

/** Where the encoded length changes: powers of two and their neighbours. */
function edges(bits: number): bigint[] {
  const values = [0n];
  for (let k = 0n; k <= BigInt(bits); k++) values.push((1n << k) - 1n, 1n << k, (1n << k) + 1n);
  return [...values, ...values.map((value) => -value)];
}

describe('ByteBuffer', () => {
  it('writes the examples of the LEB128 article', () => {
    expect(written((out) => out.u32(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(written((out) => out.s32(-123456))).toEqual([0xc0, 0xbb, 0x78]);
  });

  it('writes every unsigned edge so that it reads back, in the fewest bytes', () => {
    for (const value of edges(32).filter((edge) => edge >= 0n && edge < 1n << 32n)) {
      const bytes = written((out) => out.u32(Number(value)));
      expect(readLeb(bytes, false)).toBe(value);
      expect(bytes.length).toBe(Math.max(1, Math.ceil(value.toString(2).length / 7)));
    }
  });

  it('writes every signed 32-bit edge so that it reads back', () => {
    for (const value of edges(31).filter((edge) => BigInt.asIntN(32, edge) === edge)) {
      const bytes = written((out) => out.s32(Number(value)));
      expect(readLeb(bytes, true)).toBe(value);
      expect(bytes.length).toBeLessThanOrEqual(5);
    }
  });

  it('writes every signed 64-bit edge so that it reads back', () => {
    for (const value of edges(63).filter((edge) => BigInt.asIntN(64, edge) === edge)) {
      const bytes = written((out) => out.s64(value));
      expect(readLeb(bytes, true)).toBe(value);
      expect(bytes.length).toBeLessThanOrEqual(10);
    }
  });

  it('grows without losing what was written, whatever is written next', () => {
    const writers: ((out: ByteBuffer) => void)[] = [
      (out) => out.u8(0xab),
      (out) => out.bits32(0x01020304),
      (out) => out.bits64(0x0102030405060708n),
      (out) => out.f64(1),
      (out) => out.raw(Uint8Array.of(9, 8, 7)),
      (out) => out.name('é'),
    ];
    const expected = [
      0xab, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 9, 8, 7, 2, 0xc3, 0xa9,
    ];
    for (let capacity = 1; capacity <= expected.length + 1; capacity++) {
      const out = new ByteBuffer(capacity);
      for (const write of writers) write(out);
      expect([...out.toBytes()]).toEqual(expected);
    }
  });

  it('puts a length before what it embeds', () => {
    const content = new ByteBuffer();
    for (let k = 0; k < 200; k++) content.u8(k);
    expect(written((out) => out.sized(content)).slice(0, 4)).toEqual([0xc8, 0x01, 0, 1]);
  });
});
