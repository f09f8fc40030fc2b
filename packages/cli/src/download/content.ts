import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** What is in a file. */
export interface Content {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** The file is packed; the rest is about what it unpacks to. */
  readonly isPacked: boolean;
  /** Why it cannot be unpacked; the rest is about what could be. */
  readonly damage?: string;
}

/** How many bytes a file should have, and their SHA-256 in hexadecimal. */
export interface Expected {
  readonly bytes: number;
  readonly sha256: string;
}

async function startsAsGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/**
 * Reads what is in a file.
 *
 * @param unpack - whether to look into a file that is packed with gzip
 * @param limit - bytes after which to stop, so that nothing small unpacks for hours
 */
export async function readContent(file: string, unpack: boolean, limit: number): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  const isPacked = unpack && (await startsAsGzip(file));
  async function digest(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > limit) return;
    }
  }
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  let damage: string | undefined;
  try {
    await (isPacked ? pipeline(source, createGunzip(), digest) : pipeline(source, digest));
  } catch (error) {
    if (!isPacked || !(error instanceof Error)) throw error;
    // Stopping early is an error of the pipeline too.
    if (bytes <= limit) damage = error.message;
  }
  return { bytes, sha256: hash.digest('hex'), isPacked, ...(damage !== undefined && { damage }) };
}

/** What is wrong with a file's content; nothing, if it is right. */
export function differenceOf({ bytes, sha256, damage }: Content, expected: Expected): string | undefined {
  if (damage !== undefined) return `a gzip file that is damaged or cut off (${damage})`;
  if (bytes > expected.bytes) return `more than ${expected.bytes} bytes`;
  if (bytes < expected.bytes) return `${bytes} bytes, sha256 ${sha256}`;
  return sha256 === expected.sha256 ? undefined : `sha256 ${sha256}`;
}
