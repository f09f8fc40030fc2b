import { closeSync, openSync, readSync } from 'node:fs';
import type { BlockSource } from '../data/blockSource.ts';
import type { FieldValues } from '../data/field.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { FieldFiles } from './fileParts.ts';

/** Reads bytes from a place in a file. */
function readFully(descriptor: number, into: Uint8Array, position: number, file: string): void {
  for (let read = 0; read < into.length; ) {
    const count = readSync(descriptor, into, read, into.length - read, position + read);
    if (count === 0) throw new Error(`${file} ends too early`);
    read += count;
  }
}

/** One field: reads rows wherever they lie in its files. */
class FieldReader {
  readonly #files: FieldFiles;
  readonly #rowSize: number;
  readonly #open = new Map<string, number>();

  constructor(files: FieldFiles) {
    this.#files = files;
    this.#rowSize = sizeOf(files.shape);
  }

  read(start: number, count: number, into: FieldValues): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    const rowBytes = this.#rowSize * into.BYTES_PER_ELEMENT;
    let [first, done] = [0, 0];
    for (const { file, start: offset, rows } of this.#files.parts) {
      const from = start + done - first;
      if (from < rows && done < count) {
        const taken = Math.min(rows - from, count - done);
        const target = bytes.subarray(done * rowBytes, (done + taken) * rowBytes);
        readFully(this.#descriptor(file), target, offset + from * rowBytes, file);
        done += taken;
      }
      first += rows;
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #descriptor(file: string): number {
    const opened = this.#open.get(file) ?? openSync(file, 'r');
    this.#open.set(file, opened);
    return opened;
  }
}

/** Opens rows in files: what `streamFiles` names as its module. Nothing is kept of what is read. */
export function open({ fields }: { readonly fields: Readonly<Record<string, FieldFiles>> }): BlockSource {
  const readers = Object.entries(fields).map(([name, files]) => [name, new FieldReader(files)] as const);
  return {
    readBlock: (start, count, into) => {
      for (const [name, reader] of readers) {
        const values = into[name];
        if (values !== undefined) reader.read(start, count, values);
      }
    },
    close: () => {
      for (const [, reader] of readers) reader.close();
    },
  };
}
