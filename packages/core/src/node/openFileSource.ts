import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../io/byteSource.ts';

/** A file as a source of bytes; it has to be closed. Its bytes are read when they are asked for, whatever its size. */
export function openFileSource(file: string): ByteSource & { close(): void } {
  const handle = openSync(file, 'r');
  const { size } = fstatSync(handle);
  let room = new Uint8Array();
  return {
    size,
    read: (at, length) => {
      if (room.length < length) room = new Uint8Array(length);
      let got = 0;
      while (got < length) {
        const count = readSync(handle, room, got, length - got, at + got);
        if (count === 0) break;
        got += count;
      }
      // A file that has become shorter since gives zeros, which no checksum fits.
      return room.fill(0, got, length).subarray(0, length);
    },
    close: () => closeSync(handle),
  };
}
