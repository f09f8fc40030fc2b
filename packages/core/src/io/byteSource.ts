/** Bytes that can be read at any place, such as those of a file. */
export interface ByteSource {
  readonly size: number;
  /**
   * @param length - the source has as many bytes from there on
   * @returns bytes that stay as they are until the next call
   */
  read(at: number, length: number): Uint8Array;
}

/** Bytes in memory as a source. */
export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) };
}
