import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { VariableRole } from '../graph/leaves.ts';

/** The value of a variable, row-major in its logical shape. */
export interface NamedTensor {
  readonly path: string;
  readonly role: VariableRole;
  readonly values: ArrayLike<number>;
}

const quietNaN = 0x7fc00000;

function littleEndianBytes(values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    // The bits of a NaN differ between machines and mean nothing: all NaNs count as one.
    if (Number.isNaN(value)) view.setUint32(4 * at, quietNaN, true);
    else view.setFloat32(4 * at, value, true);
  }
  return new Uint8Array(view.buffer);
}

/** Orders names by code unit: the same on every machine and for every locale. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hashOf(tensors: readonly NamedTensor[]): string {
  const hash = sha256.create();
  for (const { values } of [...tensors].sort((a, b) => byCodeUnit(a.path, b.path)))
    hash.update(littleEndianBytes(values));
  return `sha256:${bytesToHex(hash.digest())}`;
}

const isHashed = ({ role }: NamedTensor): boolean => role === 'parameter' || role === 'statistic';

/**
 * The weights hash that every run prints: SHA-256 over all parameters and running statistics in the order of their
 * paths by code unit, each tensor as its little-endian float32 bytes in row-major logical shape. A tensor that is used
 * at several places has one path and counts once; what is kept beside the weights does not count ({@link optimizerHash}). Part of what
 * `numericsVersion` stands for.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function weightsHash(variables: Iterable<NamedTensor>): string {
  return hashOf([...variables].filter(isHashed));
}

/** The hash of what {@link weightsHash} leaves out, made in the same way: the optimizer's state, and averages of weights. */
export function optimizerHash(variables: Iterable<NamedTensor>): string {
  return hashOf([...variables].filter((tensor) => !isHashed(tensor)));
}
