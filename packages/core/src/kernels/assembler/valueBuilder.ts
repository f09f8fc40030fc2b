import { LockstepError } from '../../errors.ts';
import { ByteBuffer } from './byteBuffer.ts';
import { f32BitsText, floatText, type Listing, remark } from './listing.ts';
import { LocalPool } from './localPool.ts';
import { OperandStack } from './operandStack.ts';
import {
  describeLetters,
  type FunctionRef,
  type GlobalRef,
  type Local,
  lettersOf,
  type ValueType,
  valueTypes,
} from './valueType.ts';

/** What a function body may refer to in its module. */
export interface ModuleScope {
  readonly functions: readonly FunctionRef[];
  readonly globals: readonly GlobalRef[];
  readonly hasMemory: boolean;
}

const v128ConstCode = 0xfd00c;

/**
 * Writes the instructions of one function that make values from nothing: locals, globals and constants.
 * Operand types are checked as the code is written, here and in the classes that add the other instructions.
 *
 * Every method that writes an instruction throws a `LockstepError` with code `INTERNAL`, naming the function and
 * the instruction, when its operands are not on the stack or an immediate is out of range: a mistake in a code
 * generator shows where it is made.
 */
export class ValueBuilder {
  /** This function, e.g. to call itself. */
  readonly ref: FunctionRef;
  protected readonly scope: ModuleScope;
  protected readonly code: ByteBuffer = new ByteBuffer();
  protected readonly stack: OperandStack;
  protected readonly listing: Listing | undefined;
  protected readonly locals: LocalPool;

  constructor(ref: FunctionRef, scope: ModuleScope, listing: Listing | undefined) {
    this.ref = ref;
    this.scope = scope;
    this.locals = new LocalPool(ref.params);
    this.stack = new OperandStack(lettersOf(ref.results));
    this.listing = listing;
  }

  get params(): readonly Local[] {
    return this.locals.params;
  }

  /** The parameter at a position. */
  param(index: number): Local {
    return this.params[index] ?? this.refuse(`param ${index}`, `${this.params.length} parameters`);
  }

  protected refuse(instruction: string, got: string, wanted?: string): never {
    throw new LockstepError('INTERNAL', `cannot emit ${instruction} in function ${this.ref.name}`, {
      got,
      ...(wanted === undefined ? {} : { wanted }),
    });
  }

  /** The operands of `instruction` are not what is on the stack. */
  protected misfit(instruction: string, wanted: string): never {
    return this.refuse(instruction, `[${describeLetters(this.stack.letters())}]`, `[${wanted}]`);
  }

  protected apply(instruction: string, signature: string): void {
    if (!this.stack.apply(signature)) {
      this.misfit(instruction, describeLetters(signature.slice(0, signature.indexOf(':'))));
    }
  }

  /** A local of this type. A reused one holds a stale value, so set it before it is read. */
  local(type: ValueType, name = ''): Local {
    return this.locals.take(type, name);
  }

  /** Gives locals back for reuse; any later use of these handles is refused. Parameters can be given back too. */
  release(...locals: readonly Local[]): this {
    for (const local of locals) {
      this.#own('release', local);
      this.locals.release(local);
    }
    return this;
  }

  #own(instruction: string, local: Local): void {
    if (this.locals.owns(local)) return;
    this.refuse(
      `${instruction} ${local.index} ${local.name}`.trimEnd(),
      'a local that was released or is foreign',
    );
  }

  #localAccess(instruction: string, code: number, local: Local, signature: string): this {
    this.#own(instruction, local);
    this.apply(instruction, signature);
    this.code.u8(code);
    this.code.u32(local.index);
    this.listing?.line(`${instruction} ${local.index}${remark(local.name)}`);
    return this;
  }

  get(local: Local): this {
    return this.#localAccess('local.get', 0x20, local, valueTypes[local.type].makes);
  }

  set(local: Local): this {
    return this.#localAccess('local.set', 0x21, local, valueTypes[local.type].takes);
  }

  tee(local: Local): this {
    return this.#localAccess('local.tee', 0x22, local, valueTypes[local.type].keeps);
  }

  globalGet(global: GlobalRef): this {
    if (this.scope.globals[global.index] !== global)
      this.refuse('global.get', `a foreign global ${global.name}`);
    this.apply('global.get', valueTypes[global.type].makes);
    this.code.u8(0x23);
    this.code.u32(global.index);
    this.listing?.line(`global.get ${global.index}${remark(global.name)}`);
    return this;
  }

  /** An integer from -2^31 to 2^32 - 1; the upper half is taken modulo 2^32. */
  i32Const(value: number): this {
    if (!Number.isInteger(value) || value < -(2 ** 31) || value > 2 ** 32 - 1) {
      this.refuse('i32.const', String(value), 'an integer from -2^31 to 2^32 - 1');
    }
    this.apply('i32.const', ':i');
    this.code.u8(0x41);
    this.code.s32(value);
    this.listing?.line(`i32.const ${value}`);
    return this;
  }

  /** An integer from -2^63 to 2^64 - 1; the upper half is taken modulo 2^64. */
  i64Const(value: bigint): this {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      this.refuse('i64.const', String(value), 'an integer from -2^63 to 2^64 - 1');
    }
    this.apply('i64.const', ':l');
    this.code.u8(0x42);
    this.code.s64(value);
    this.listing?.line(`i64.const ${value}`);
    return this;
  }

  /** The value rounded to float32; NaN is the canonical one (see {@link f32ConstBits} for others). */
  f32Const(value: number): this {
    this.apply('f32.const', ':f');
    this.code.u8(0x43);
    this.code.f32(value);
    this.listing?.line(`f32.const ${floatText(Math.fround(value))}`);
    return this;
  }

  /** The float32 with this bit pattern, a NaN's payload included. */
  f32ConstBits(bits: number): this {
    this.apply('f32.const', ':f');
    this.code.u8(0x43);
    this.code.bits32(bits);
    this.listing?.line(`f32.const ${f32BitsText(bits)}`);
    return this;
  }

  f64Const(value: number): this {
    this.apply('f64.const', ':d');
    this.code.u8(0x44);
    this.code.f64(value);
    this.listing?.line(`f64.const ${floatText(value)}`);
    return this;
  }

  /** Sixteen bytes, or four 32-bit lanes as {@link i32Const} takes them. */
  v128Const(lanes: ArrayLike<number>): this {
    const width = 16 / lanes.length;
    if (width !== 1 && width !== 4)
      this.refuse('v128.const', `${lanes.length} lanes`, '16 bytes or 4 i32 lanes');
    this.apply('v128.const', ':v');
    this.code.opcode(v128ConstCode);
    for (let k = 0; k < lanes.length; k++) {
      const lane = this.#lane(lanes[k], width);
      if (width === 1) this.code.u8(lane);
      else this.code.bits32(lane);
    }
    this.listing?.line(`v128.const ${width === 1 ? 'i8x16' : 'i32x4'} ${Array.from(lanes).join(' ')}`);
    return this;
  }

  #lane(lane: number | undefined, width: number): number {
    const span = 2 ** (8 * width);
    if (lane !== undefined && Number.isInteger(lane) && lane >= -span / 2 && lane < span) return lane;
    return this.refuse('v128.const', `lane ${lane}`, `an integer from ${-span / 2} to ${span - 1}`);
  }

  /** Four float32 lanes, or one value for all of them; rounded as {@link f32Const} does. */
  f32x4Const(...values: readonly [number] | readonly [number, number, number, number]): this {
    const [first, second = first, third = first, fourth = first] = values;
    const lanes = [first, second, third, fourth];
    this.apply('v128.const', ':v');
    this.code.opcode(v128ConstCode);
    for (const lane of lanes) this.code.f32(lane);
    this.listing?.line(`v128.const f32x4 ${lanes.map((lane) => floatText(Math.fround(lane))).join(' ')}`);
    return this;
  }
}
