import { setFlagsFromString } from 'node:v8';

export interface WasmFlags {
  /**
   * Fuse adjacent pairs of 128-bit operations into 256-bit ones where the CPU has them. The bits are the same. Default: yes,
   * unless the environment says LOCKSTEP_WIDE=0.
   */
  readonly revectorize?: boolean;
}

/**
 * Makes V8 compile kernels with its optimising compiler at once, and widen them. The flags hold for the
 * whole process and for modules compiled afterwards, so this is for a program to call before it compiles its first
 * kernel, never for a library on import.
 */
export function setWasmFlags({ revectorize = process.env['LOCKSTEP_WIDE'] !== '0' }: WasmFlags = {}): void {
  // Without it the first 5 ms or 160 calls of a kernel run in the baseline compiler, about six times slower.
  setFlagsFromString('--no-wasm-dynamic-tiering');
  setFlagsFromString(revectorize ? '--experimental-wasm-revectorize' : '--no-experimental-wasm-revectorize');
}
