import type { ErrorCode } from '@lockstep/core';
import type { Change } from './changes.ts';

/** A file as it is meant to be. */
export interface Sample {
  /** With the ending that tells its format. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A kind of file, and what may come of reading broken ones. */
export interface Format {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Beside those that every file can have, after which checksums are right. */
  readonly changes?: Readonly<Record<string, Change>>;
  /**
   * Reads a file, and throws an `AssertionError` if what was read cannot be right.
   *
   * @param change - name of what was done to the sample
   */
  read(file: string, context: { readonly sample: Sample; readonly keepsChecksums: boolean }): unknown;
  /** Errors that reading may end with. */
  readonly codes: readonly ErrorCode[];
  /** Bytes of memory that reading a file of so many bytes may take. Default {@link usualBound}. */
  bound?(size: number): number;
}

/** 64 bytes for each that is read, and what the collector leaves lying around. */
export function usualBound(size: number): number {
  return 64 * size + 2 ** 26;
}

export function sampleOfText(name: string, text: string): Sample {
  return { name, bytes: new TextEncoder().encode(text) };
}
