/**
 * A stable 32-bit number for what random numbers are for: the FNV-1a hash (Fowler, Noll and Vo) of the UTF-8 bytes of the
 * purpose. The purpose is a path, such as `encoder.0.dropout`, never a creation counter.
 *
 * @returns an integer from 0 to 2^32 - 1
 */
export function purposeKey(purpose: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
