import type { MemoryEntry } from './opcodeEntry.ts';
import {
  type AtomicOpcode,
  type ExtractLaneOpcode,
  type LaneOpcode,
  type LoadLaneOpcode,
  type LoadOpcode,
  laneOpcodes,
  type MemoryLaneOpcode,
  type MemoryOpcode,
  memoryLaneOpcodes,
  memoryOpcodes,
  type Opcode,
  plainOpcodes,
  type ReplaceLaneOpcode,
  type StoreLaneOpcode,
  type StoreOpcode,
} from './opcodes.ts';
import { ValueBuilder } from './valueBuilder.ts';
import type { Local } from './valueType.ts';

const maxU32 = 2 ** 32 - 1;
const shuffleCode = 0xfd00d;

/** Adds the straight-line instructions that take operands: arithmetic, memory, lanes. */
export class InstructionBuilder extends ValueBuilder {
  /**
   * Any instruction without immediates, by its text-format name; `memory.fill`, `memory.copy`, `memory.size`,
   * `memory.grow` and `atomic.fence` are among them. `drop`, `select`, `unreachable` and `return` are methods.
   */
  op(name: Opcode): this {
    // Read by index here and below: destructuring an array goes through its iterator, which costs ten times as
    // much until the code is optimised, and most modules are assembled before that.
    const entry = plainOpcodes[name];
    this.apply(name, entry[1]);
    this.code.opcode(entry[0]);
    for (let zeros = entry[2] ?? 0; zeros > 0; zeros--) this.code.u8(0);
    this.listing?.line(name);
    return this;
  }

  /** local = local + by, i32. */
  increment(local: Local, by: number): this {
    return this.get(local).i32Const(by).op('i32.add').set(local);
  }

  drop(): this {
    if (!this.stack.drop()) this.misfit('drop', 'any');
    this.code.u8(0x1a);
    this.listing?.line('drop');
    return this;
  }

  /** [a, b, condition] to a if the i32 condition is not 0, else b. */
  select(): this {
    if (!this.stack.select()) this.misfit('select', 'any, the same, i32');
    this.code.u8(0x1b);
    this.listing?.line('select');
    return this;
  }

  /**
   * [address] to [value].
   * @param offset bytes added to the address without wrapping, 0 .. 2^32 - 1
   * @param align promised alignment in bytes, a power of two up to the access width (default); a hint, unless atomic
   */
  load(name: LoadOpcode, offset = 0, align?: number): this {
    return this.#memoryAccess(name, offset, align);
  }

  /** [address, value] to []; see {@link load}. */
  store(name: StoreOpcode, offset = 0, align?: number): this {
    return this.#memoryAccess(name, offset, align);
  }

  /** Read-modify-write, wait and notify; the operands come as the instruction's name has them. */
  atomic(name: AtomicOpcode, offset = 0): this {
    return this.#memoryAccess(name, offset, undefined);
  }

  #memoryAccess(name: MemoryOpcode, offset: number, align: number | undefined): this {
    const immediate = this.#memoryImmediate(name, memoryOpcodes[name], offset, align);
    this.listing?.line(`${name}${immediate}`);
    return this;
  }

  /** [address, vector] to the vector with one lane loaded; see {@link load}. */
  loadLane(name: LoadLaneOpcode, offset: number, lane: number, align?: number): this {
    return this.#laneAccess(name, offset, lane, align);
  }

  /** [address, vector] to []: stores one lane; see {@link load}. */
  storeLane(name: StoreLaneOpcode, offset: number, lane: number, align?: number): this {
    return this.#laneAccess(name, offset, lane, align);
  }

  #laneAccess(name: MemoryLaneOpcode, offset: number, lane: number, align: number | undefined): this {
    const entry = memoryLaneOpcodes[name];
    this.#checkLane(name, lane, 16 / entry[2]);
    const immediate = this.#memoryImmediate(name, entry, offset, align);
    this.code.u8(lane);
    this.listing?.line(`${name}${immediate} ${lane}`);
    return this;
  }

  /** Writes the instruction up to its memory immediate; returns that in the text format. */
  #memoryImmediate(name: string, entry: MemoryEntry, offset: number, align: number | undefined): string {
    const width = entry[2];
    if (!this.scope.hasMemory)
      this.refuse(name, 'a module without memory', 'importMemory before the function');
    if (!Number.isInteger(offset) || offset < 0 || offset > maxU32) {
      this.refuse(name, `offset ${offset}`, 'an integer from 0 to 2^32 - 1');
    }
    const exponent = 31 - Math.clz32(align ?? width);
    if (align !== undefined && (align !== 1 << exponent || align > width)) {
      this.refuse(name, `alignment ${align}`, `a power of two up to ${width}`);
    }
    this.apply(name, entry[1]);
    this.code.opcode(entry[0]);
    this.code.u32(exponent);
    this.code.u32(offset);
    if (this.listing === undefined) return '';
    return `${offset === 0 ? '' : ` offset=${offset}`}${align === undefined ? '' : ` align=${align}`}`;
  }

  #checkLane(name: string, lane: number, lanes: number): void {
    if (!Number.isInteger(lane) || lane < 0 || lane >= lanes) {
      this.refuse(name, `lane ${lane}`, `an integer from 0 to ${lanes - 1}`);
    }
  }

  /** [vector] to the value of one lane. */
  extractLane(name: ExtractLaneOpcode, lane: number): this {
    return this.#laneOp(name, lane);
  }

  /** [vector, value] to the vector with one lane replaced. */
  replaceLane(name: ReplaceLaneOpcode, lane: number): this {
    return this.#laneOp(name, lane);
  }

  #laneOp(name: LaneOpcode, lane: number): this {
    const entry = laneOpcodes[name];
    this.#checkLane(name, lane, entry[2]);
    this.apply(name, entry[1]);
    this.code.opcode(entry[0]);
    this.code.u8(lane);
    this.listing?.line(`${name} ${lane}`);
    return this;
  }

  /** `i8x16.shuffle`: byte k of the result is byte `lanes[k]` of the two operands laid end to end (0 .. 31). */
  shuffle(lanes: readonly number[]): this {
    if (lanes.length !== 16) this.refuse('i8x16.shuffle', `${lanes.length} lanes`, '16');
    for (const lane of lanes) this.#checkLane('i8x16.shuffle', lane, 32);
    this.apply('i8x16.shuffle', 'vv:v');
    this.code.opcode(shuffleCode);
    for (const lane of lanes) this.code.u8(lane);
    this.listing?.line(`i8x16.shuffle ${lanes.join(' ')}`);
    return this;
  }
}
