import type {
  AtomicOpcode,
  ExtractLaneOpcode,
  LoadLaneOpcode,
  LoadOpcode,
  Opcode,
  ReplaceLaneOpcode,
  StoreLaneOpcode,
  StoreOpcode,
} from './opcodes.ts';
import type { FunctionRef, GlobalRef, Label, Local, ValueType } from './valueType.ts';

/** Where a counted loop starts, ends: a constant (also unsigned, up to 2^32 - 1) or an i32 local. */
export type Bound = number | Local;

export interface CountedLoop {
  /** Left out: the counter keeps the value it has. */
  readonly start?: Bound;
  readonly end: Bound;
  /** Added after each pass; default 1, may be negative with `test: 'i32.ne'`. */
  readonly step?: number;
  /** The loop goes on while `counter test end`. Default `i32.lt_u`. */
  readonly test?: 'i32.lt_u' | 'i32.lt_s' | 'i32.ne';
  /** The caller knows that the first pass always runs, so no guard is emitted before the bottom-tested loop. */
  readonly atLeastOnce?: boolean;
}

export declare class FunctionBuilder {
  /** This function itself, e.g. for recursion. */
  readonly ref: FunctionRef;
  readonly params: readonly Local[];
  param(index: number): Local;

  /** A local of this type. A reused one holds a stale value, so set it before it is read. */
  local(type: ValueType, name?: string): Local;
  /** Gives locals back for reuse; the handles must not be used again. */
  release(...locals: readonly Local[]): this;

  get(local: Local): this;
  set(local: Local): this;
  tee(local: Local): this;
  /** local += by (i32) */
  increment(local: Local, by: number): this;
  globalGet(global: GlobalRef): this;

  /** Accepts -2^31 .. 2^32 - 1. */
  i32Const(value: number): this;
  i64Const(value: bigint): this;
  /** Rounded to float32; any JS NaN is the canonical NaN. */
  f32Const(value: number): this;
  f32ConstBits(bits: number): this;
  f64Const(value: number): this;
  f64ConstBits(bits: bigint): this;
  /** 16 bytes, or 4 i32 lanes. */
  v128Const(lanes: ArrayLike<number>): this;
  /** Four float32 lanes, or one value in all four. */
  f32x4Const(value: number): this;
  f32x4Const(a: number, b: number, c: number, d: number): this;

  /** Any instruction without immediates, incl. `memory.fill`, `memory.copy`, `drop`, `select`, `unreachable`. */
  op(name: Opcode): this;
  /** `offset` is an unsigned 32-bit byte offset, `align` in bytes (default: natural). */
  load(name: LoadOpcode, offset?: number, align?: number): this;
  store(name: StoreOpcode, offset?: number, align?: number): this;
  loadLane(name: LoadLaneOpcode, offset: number, lane: number, align?: number): this;
  storeLane(name: StoreLaneOpcode, offset: number, lane: number, align?: number): this;
  /** rmw, cmpxchg, notify, wait. */
  atomic(name: AtomicOpcode, offset?: number): this;
  extractLane(name: ExtractLaneOpcode, lane: number): this;
  replaceLane(name: ReplaceLaneOpcode, lane: number): this;
  /** i8x16.shuffle: 16 byte indices 0..31. */
  shuffle(lanes: readonly number[]): this;

  block(body: (exit: Label) => void, result?: ValueType): this;
  loop(body: (again: Label) => void, result?: ValueType): this;
  /** Consumes an i32 condition. */
  ifElse(then: (exit: Label) => void, otherwise?: (exit: Label) => void, result?: ValueType): this;
  br(label: Label): this;
  brIf(label: Label): this;
  return(): this;
  call(fn: FunctionRef): this;
  drop(): this;
  select(): this;
  unreachable(): this;

  /** `for (; counter test end; counter += step) body()`, bottom-tested. */
  countedLoop(counter: Local, range: CountedLoop, body: (counter: Local) => void): this;
}
