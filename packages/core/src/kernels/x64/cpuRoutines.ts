import { X64Assembler } from './assembler.ts';

/** Routines that JavaScript cannot do without: what the CPU is, and where memory lies. */
export interface CpuRoutines {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly entries: {
    /** (pointer) -> the pointer as a number. */
    readonly addressOf: number;
    /** (leaf, sub-leaf, four 32-bit words to write): what the CPU says of itself. */
    readonly describe: number;
    /** () -> the low word of XCR0: which registers the operating system saves. */
    readonly savedState: number;
  };
}

/** System V calling convention. */
export function cpuRoutines(): CpuRoutines {
  const asm = new X64Assembler();
  const addressOf = asm.position;
  asm.move('rax', 'rdi');
  asm.return();
  const describe = asm.position;
  asm.push('rbx');
  asm.move('r8', 'rdx');
  asm.moveLow('rax', 'rdi');
  asm.moveLow('rcx', 'rsi');
  asm.cpuid();
  for (const [at, register] of (['rax', 'rbx', 'rcx', 'rdx'] as const).entries())
    asm.storeLow({ base: 'r8', offset: 4 * at }, register);
  asm.pop('rbx');
  asm.return();
  const savedState = asm.position;
  asm.moveConstant('rcx', 0);
  asm.readSavedState();
  asm.return();
  return { bytes: asm.toBytes(), entries: { addressOf, describe, savedState } };
}

/** Asks the CPU: leaf and sub-leaf to eax, ebx, ecx, edx. */
export type Describe = (leaf: number, subLeaf: number) => readonly [number, number, number, number];

const bit = (word: number, at: number): boolean => ((word >>> at) & 1) === 1;
/** XCR0: SSE, AVX, the mask registers, and the upper parts of 512-bit registers. */
const vectorState = 0xe6;

/** Whether products may be made: AVX-512F and AVX-512VL in the CPU, and an operating system that saves the registers. */
export function hasAvx512(describe: Describe, savedState: () => number): boolean {
  const [leaves] = describe(0, 0);
  if (leaves < 7 || !bit(describe(1, 0)[2], 27)) return false;
  if ((savedState() & vectorState) !== vectorState) return false;
  const [, features] = describe(7, 0);
  return bit(features, 16) && bit(features, 31);
}
