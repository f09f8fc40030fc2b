import { LockstepError } from '../errors.ts';
import { cpuRoutines, type Describe, hasAvx512 } from '../kernels/x64/cpuRoutines.ts';
import type { InstallProducts, RunProduct } from '../runtime/wasm/products.ts';
import { type Koffi, openKoffi } from './openKoffi.ts';

type Pointer = bigint;

interface System {
  readonly koffi: Koffi;
  readonly map: (
    address: null,
    bytes: number,
    access: number,
    flags: number,
    file: number,
    at: number,
  ) => Pointer;
  readonly protect: (address: Pointer, bytes: number, access: number) => number;
  readonly unmap: (address: Pointer, bytes: number) => number;
  readonly copy: (to: Pointer, from: Uint8Array, bytes: number) => void;
}

/** Values of <sys/mman.h>. */
const access = { readWrite: 3, readExecute: 5 };
const anonymousPrivate: Partial<Record<NodeJS.Platform, number>> = {
  linux: 0x22,
  darwin: 0x1002,
  freebsd: 0x1002,
};

function openSystem(): System | undefined {
  // Windows passes arguments in other registers than this code expects.
  if (process.arch !== 'x64' || anonymousPrivate[process.platform] === undefined) return undefined;
  const koffi = openKoffi();
  if (koffi === undefined) return undefined;
  try {
    const libc = koffi.load(null);
    return {
      koffi,
      map: libc.func('void *mmap(void *, size_t, int, int, int, int64_t)'),
      protect: libc.func('int mprotect(void *, size_t, int)'),
      unmap: libc.func('int munmap(void *, size_t)'),
      copy: libc.func('void *memcpy(void *, const void *, size_t)'),
    };
  } catch {
    return undefined;
  }
}

let opened: { readonly system: System | undefined } | undefined;
const systemOf = (): System | undefined => {
  opened ??= { system: openSystem() };
  return opened.system;
};

/** Copies code to pages of its own, which can be executed but no longer written; undefined if the system forbids it. */
function mapCode({ map, protect, unmap, copy }: System, code: Uint8Array): Pointer | undefined {
  const flags = anonymousPrivate[process.platform] ?? 0;
  const address = map(null, code.length, access.readWrite, flags, -1, 0);
  if (BigInt.asIntN(64, address) === -1n) return undefined;
  copy(address, code, code.length);
  if (protect(address, code.length, access.readExecute) === 0) return address;
  unmap(address, code.length);
  return undefined;
}

const released = new FinalizationRegistry<{ system: System; address: Pointer; bytes: number }>(
  ({ system, address, bytes }) => system.unmap(address, bytes),
);

/** The code knows where memory lies but does not hold it: who can call the code keeps the memory. */
const memories = new WeakMap<RunProduct, WebAssembly.Memory>();

interface Routines {
  readonly addressOf: (memory: Uint8Array) => number | bigint;
  readonly describe: Describe;
  readonly savedState: () => number;
}

const routinesOf = new Map<System, Routines | undefined>();

function openRoutines(system: System): Routines | undefined {
  const { bytes, entries } = cpuRoutines();
  const address = mapCode(system, bytes);
  if (address === undefined) return undefined;
  const { koffi } = system;
  const at = (entry: number, result: string, parameters: readonly string[]) =>
    koffi.decode(address + BigInt(entry), koffi.proto(result, [...parameters]));
  const describe = at(entries.describe, 'void', ['uint32_t', 'uint32_t', 'uint32_t *']);
  return {
    addressOf: at(entries.addressOf, 'uint64_t', ['uint8_t *']),
    describe: (leaf, subLeaf) => {
      const words = new Uint32Array(4);
      describe(leaf, subLeaf, words);
      return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
    },
    savedState: at(entries.savedState, 'uint32_t', []),
  };
}

function routines(system: System): Routines | undefined {
  if (!routinesOf.has(system)) routinesOf.set(system, openRoutines(system));
  return routinesOf.get(system);
}

/**
 * Puts machine code of products where this thread can call it. It is freed with the function that is returned.
 *
 * @throws LockstepError INTERNAL where the process may not make code executable: `useMachineCode` said so before
 */
export const installProducts: InstallProducts = ({ bytes, entries }, memory) => {
  const system = systemOf();
  const address = system === undefined ? undefined : addressOfMemory(system, memory);
  if (system === undefined || address === undefined) throw unavailable();
  const bound = bytes.slice();
  new DataView(bound.buffer).setBigUint64(0, address, true);
  const code = mapCode(system, bound);
  if (code === undefined) throw unavailable();
  const { koffi } = system;
  const type = koffi.proto('void', ['uint32_t', 'uint32_t', 'uint32_t', 'uint32_t']);
  const products = entries.map((entry): Product => koffi.decode(code + BigInt(entry), type));
  // WebAssembly hands addresses above 2 GiB over as negative numbers.
  const run: RunProduct = (product, splat, vector, sums, units) =>
    products[product]?.(splat >>> 0, vector >>> 0, sums >>> 0, units);
  memories.set(run, memory);
  released.register(run, { system, address: code, bytes: bound.length });
  return run;
};

type Product = (splat: number, vector: number, sums: number, units: number) => void;

function addressOfMemory(system: System, memory: WebAssembly.Memory): bigint | undefined {
  const address = routines(system)?.addressOf(new Uint8Array(memory.buffer));
  return address === undefined ? undefined : BigInt(address);
}

const unavailable = (): LockstepError =>
  new LockstepError('INTERNAL', 'this process cannot run machine code', {
    hint: 'set LOCKSTEP_MACHINE_CODE=0',
  });

/** Whether this process may run machine code, and its CPU has the instructions that products are made of. */
export function canRunProducts(): boolean {
  const system = systemOf();
  const cpu = system === undefined ? undefined : routines(system);
  return cpu !== undefined && hasAvx512(cpu.describe, cpu.savedState);
}
