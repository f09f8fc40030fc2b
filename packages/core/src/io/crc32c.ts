/** Reflected polynomial of Castagnoli's CRC. */
const polynomial = 0x82f63b78;

/** tables[n][b]: what byte b does to the checksum when n more bytes follow it. */
function makeTables(): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    return crc;
  });
  const tables = [first];
  for (let before = first; tables.length < 8; tables.push(before))
    before = before.map((crc) => (crc >>> 8) ^ (first[crc & 255] ?? 0));
  return tables;
}

const empty = new Uint32Array();
const [t0 = empty, t1 = empty, t2 = empty, t3 = empty, t4 = empty, t5 = empty, t6 = empty, t7 = empty] =
  makeTables();

/** Goes on with bytes from one place up to another. */
function byteByByte(before: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = before;
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return crc;
}

/** Goes on with pairs of little-endian words. */
function pairByPair(before: number, words: Uint32Array): number {
  let crc = before;
  for (let at = 0; at < words.length; at += 2) {
    const low = crc ^ (words[at] ?? 0);
    const high = words[at + 1] ?? 0;
    // Masks keep every index inside its table.
    crc =
      (t7[low & 255] ?? 0) ^
      (t6[(low >>> 8) & 255] ?? 0) ^
      (t5[(low >>> 16) & 255] ?? 0) ^
      (t4[low >>> 24] ?? 0) ^
      (t3[high & 255] ?? 0) ^
      (t2[(high >>> 8) & 255] ?? 0) ^
      (t1[(high >>> 16) & 255] ?? 0) ^
      (t0[high >>> 24] ?? 0);
  }
  return crc;
}

/**
 * CRC-32C (Castagnoli), eight bytes at a time (Kounavis and Berry, "A Systematic Approach to Building High Performance
 * Software-Based CRC Generators", 2005). Every machine that V8 compiles WebAssembly for is little-endian.
 *
 * @param before - checksum of the bytes that come before these: that of a whole can be made piece by piece
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const { buffer, byteOffset, length } = bytes;
  const start = Math.min(-byteOffset & 3, length);
  const words = new Uint32Array(buffer, (byteOffset + start) & ~3, 2 * ((length - start) >>> 3));
  const head = byteByByte(~before, bytes, 0, start);
  return ~byteByByte(pairByPair(head, words), bytes, start + words.byteLength, length) >>> 0;
}
