import { LockstepError } from '../../errors.ts';
import { ByteBuffer } from '../assembler/byteBuffer.ts';

/** General registers by the number that instructions encode them with. */
export const registers = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rsp: 4,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
} as const;

export type Register = keyof typeof registers;

/** Bits of a vector register that an instruction uses. */
export type VectorBits = 256 | 512;

/** Memory at a register plus a displacement of -2^31 .. 2^31 - 1 bytes. */
export interface Address {
  readonly base: Register;
  readonly offset: number;
}

/** A place in the code; bound once, jumped to from anywhere. */
export interface Label {
  position: number | undefined;
}

const conditions = { zero: 0x4, notZero: 0x5, below: 0x2, aboveOrEqual: 0x3 } as const;
export type Condition = keyof typeof conditions;

/** Opcode maps of an EVEX prefix. */
const maps = { '0f': 1, '0f38': 2, '0f3a': 3 } as const;
/** Mandatory prefixes of an EVEX prefix. */
const prefixes = { none: 0, operandSize: 1 } as const;

interface Vector {
  readonly map: keyof typeof maps;
  readonly prefix: keyof typeof prefixes;
  readonly opcode: number;
  readonly wide?: boolean;
  /** Bytes that a displacement of one byte counts in; default the whole vector. */
  readonly scale?: number;
}

const isByte = (value: number): boolean => value >= -128 && value <= 127;

/**
 * Assembles x86-64 machine code: the few instructions that products need, vectors as EVEX (Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2, chapters 2.1 and 2.7). Vector registers are numbers, 0 .. 31.
 */
export class X64Assembler {
  readonly #code = new ByteBuffer(4096);
  readonly #patches: { readonly at: number; readonly label: Label }[] = [];

  get position(): number {
    return this.#code.length;
  }

  label(): Label {
    return { position: undefined };
  }

  bind(label: Label): void {
    if (label.position !== undefined) throw new LockstepError('INTERNAL', 'a label was bound twice');
    label.position = this.position;
  }

  /** Fills with no-operations up to a multiple of `bytes`, so that a loop starts on a line of the instruction cache. */
  align(bytes: number): void {
    while (this.position % bytes !== 0) this.#code.u8(0x90);
  }

  bytes64(value: bigint): void {
    this.#code.bits64(value);
  }

  /** A prefix for 64-bit operands and the high halves of both register numbers, the opcode, and registers as operands. */
  #registerForm(opcode: number, reg: number, rm: number, wide = true): void {
    const rex = 0x40 | (wide ? 8 : 0) | ((reg >> 3) << 2) | (rm >> 3);
    if (rex !== 0x40) this.#code.u8(rex);
    this.#code.u8(opcode);
    this.#code.u8(0xc0 | ((reg & 7) << 3) | (rm & 7));
  }

  #memoryForm(opcode: number, reg: number, { base, offset }: Address): void {
    const number = registers[base];
    this.#code.u8(0x48 | ((reg >> 3) << 2) | (number >> 3));
    this.#code.u8(opcode);
    this.#address(reg, number, offset, 1);
  }

  /** ModRM, SIB where the base needs one, and the displacement, in one byte if it is a small multiple of `scale`. */
  #address(reg: number, base: number, offset: number, scale: number): void {
    const small = offset % scale === 0 && isByte(offset / scale);
    const none = offset === 0 && (base & 7) !== 5;
    this.#code.u8((none ? 0 : small ? 0x40 : 0x80) | ((reg & 7) << 3) | (base & 7));
    if ((base & 7) === 4) this.#code.u8(0x24);
    if (none) return;
    if (small) this.#code.u8((offset / scale) & 0xff);
    else this.#code.bits32(offset);
  }

  /** target = source, 64 bits. */
  move(target: Register, source: Register): void {
    this.#registerForm(0x89, registers[source], registers[target]);
  }

  /** target = the low 32 bits of source, the rest 0. */
  moveLow(target: Register, source: Register): void {
    this.#registerForm(0x89, registers[source], registers[target], false);
  }

  /** target = value, 0 .. 2^31 - 1. */
  moveConstant(target: Register, value: number): void {
    this.#registerForm(0xc7, 0, registers[target]);
    this.#code.bits32(value);
  }

  /** target = the 64 bits at a label. */
  loadAt(target: Register, label: Label): void {
    const reg = registers[target];
    this.#code.u8(0x48 | ((reg >> 3) << 2));
    this.#code.u8(0x8b);
    this.#code.u8(((reg & 7) << 3) | 5);
    this.#relative(label);
  }

  /** target = the 64 bits at an address. */
  load(target: Register, address: Address): void {
    this.#memoryForm(0x8b, registers[target], address);
  }

  /** The 64 bits at an address = source. */
  store(address: Address, source: Register): void {
    this.#memoryForm(0x89, registers[source], address);
  }

  /** target = an address. */
  loadAddress(target: Register, address: Address): void {
    this.#memoryForm(0x8d, registers[target], address);
  }

  add(target: Register, source: Register): void {
    this.#registerForm(0x01, registers[source], registers[target]);
  }

  addConstant(target: Register, value: number): void {
    if (value !== 0) this.#immediate(0, target, value);
  }

  andConstant(target: Register, value: number): void {
    this.#immediate(4, target, value);
  }

  compareConstant(target: Register, value: number): void {
    this.#immediate(7, target, value);
  }

  #immediate(operation: number, target: Register, value: number): void {
    this.#registerForm(isByte(value) ? 0x83 : 0x81, operation, registers[target]);
    if (isByte(value)) this.#code.u8(value & 0xff);
    else this.#code.bits32(value);
  }

  shiftRight(target: Register, bits: number): void {
    this.#registerForm(0xc1, 5, registers[target]);
    this.#code.u8(bits);
  }

  /** Sets the condition to `zero` or `notZero`. */
  test(register: Register): void {
    this.#registerForm(0x85, registers[register], registers[register]);
  }

  push(register: Register): void {
    if (registers[register] > 7) this.#code.u8(0x41);
    this.#code.u8(0x50 | (registers[register] & 7));
  }

  pop(register: Register): void {
    if (registers[register] > 7) this.#code.u8(0x41);
    this.#code.u8(0x58 | (registers[register] & 7));
  }

  jumpIf(condition: Condition, label: Label): void {
    this.#code.u8(0x0f);
    this.#code.u8(0x80 | conditions[condition]);
    this.#relative(label);
  }

  call(label: Label): void {
    this.#code.u8(0xe8);
    this.#relative(label);
  }

  return(): void {
    this.#code.u8(0xc3);
  }

  #relative(label: Label): void {
    this.#patches.push({ at: this.position, label });
    this.#code.bits32(0);
  }

  /** eax, ebx, ecx, edx = what the CPU says of itself for the leaf in eax and ecx. */
  cpuid(): void {
    this.#code.raw(Uint8Array.of(0x0f, 0xa2));
  }

  /** edx:eax = which registers the operating system saves when it changes threads; ecx is 0. */
  readSavedState(): void {
    this.#code.raw(Uint8Array.of(0x0f, 0x01, 0xd0));
  }

  /** The 32 bits at an address = the low half of a register. */
  storeLow(address: Address, source: Register): void {
    const [reg, base] = [registers[source], registers[address.base]];
    const rex = 0x40 | ((reg >> 3) << 2) | (base >> 3);
    if (rex !== 0x40) this.#code.u8(rex);
    this.#code.u8(0x89);
    this.#address(reg, base, address.offset, 1);
  }

  /** What is left in the upper halves would slow down other code's 128-bit instructions. */
  zeroUpper(): void {
    this.#code.raw(Uint8Array.of(0xc5, 0xf8, 0x77));
  }

  #evex(
    { map, prefix, opcode, wide = false }: Vector,
    bits: VectorBits,
    reg: number,
    second: number,
    rmHigh: number,
  ): void {
    const inverted = (value: number, bit: number): number => ((value >> bit) & 1) ^ 1;
    this.#code.u8(0x62);
    this.#code.u8(
      (inverted(reg, 3) << 7) |
        (inverted(rmHigh, 1) << 6) |
        (inverted(rmHigh, 0) << 5) |
        (inverted(reg, 4) << 4) |
        maps[map],
    );
    this.#code.u8((wide ? 0x80 : 0) | ((~second & 15) << 3) | 4 | prefixes[prefix]);
    this.#code.u8((bits === 512 ? 0x40 : 0x20) | (inverted(second, 4) << 3));
    this.#code.u8(opcode);
  }

  #vectorRegisters(vector: Vector, bits: VectorBits, reg: number, second: number, rm: number): void {
    this.#evex(vector, bits, reg, second, rm >> 3);
    this.#code.u8(0xc0 | ((reg & 7) << 3) | (rm & 7));
  }

  #vectorMemory(
    vector: Vector,
    bits: VectorBits,
    reg: number,
    second: number,
    { base, offset }: Address,
  ): void {
    const number = registers[base];
    this.#evex(vector, bits, reg, second, number >> 3);
    this.#address(reg, number, offset, vector.scale ?? bits / 8);
  }

  vectorLoad(bits: VectorBits, target: number, address: Address): void {
    this.#vectorMemory({ map: '0f', prefix: 'none', opcode: 0x10 }, bits, target, 0, address);
  }

  vectorStore(bits: VectorBits, address: Address, source: number): void {
    this.#vectorMemory({ map: '0f', prefix: 'none', opcode: 0x11 }, bits, source, 0, address);
  }

  /** Upper half of a 512-bit register = 256 bits from memory; the lower half is that of `low`. */
  insertUpper(target: number, low: number, address: Address): void {
    const vector: Vector = { map: '0f3a', prefix: 'operandSize', opcode: 0x1a, wide: true, scale: 32 };
    this.#vectorMemory(vector, 512, target, low, address);
    this.#code.u8(1);
  }

  /** Every element = one float32 from memory. */
  vectorBroadcast(bits: VectorBits, target: number, address: Address): void {
    this.#vectorMemory(
      { map: '0f38', prefix: 'operandSize', opcode: 0x18, scale: 4 },
      bits,
      target,
      0,
      address,
    );
  }

  vectorZero(target: number): void {
    this.#vectorRegisters({ map: '0f', prefix: 'operandSize', opcode: 0xef }, 512, target, target, target);
  }

  vectorMultiply(bits: VectorBits, target: number, first: number, second: number): void {
    this.#vectorRegisters({ map: '0f', prefix: 'none', opcode: 0x59 }, bits, target, first, second);
  }

  vectorAdd(bits: VectorBits, target: number, first: number, second: number): void {
    this.#vectorRegisters({ map: '0f', prefix: 'none', opcode: 0x58 }, bits, target, first, second);
  }

  /** @throws LockstepError INTERNAL if a label that is used was never bound */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = this.#code.toBytes();
    const view = new DataView(bytes.buffer);
    for (const { at, label } of this.#patches) {
      if (label.position === undefined) throw new LockstepError('INTERNAL', 'a label was never bound');
      view.setInt32(at, label.position - (at + 4), true);
    }
    return bytes;
  }
}
