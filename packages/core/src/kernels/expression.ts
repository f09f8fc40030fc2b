import { LockstepError } from '../errors.ts';
import { mapExpressions } from '../nest/analysis.ts';
import { functions } from '../nest/functions.ts';
import type { Nest } from '../nest/nest.ts';
import { operandsOf, rewrite, type Scalar } from '../nest/scalar.ts';
import type { Local } from './assembler/index.ts';
import { type Frame, pushAxis, pushDimensionOffset, slotOf } from './frame.ts';
import { vectorCode } from './primitiveCode.ts';
import type { Access, Stream } from './stream.ts';

/** Expands strict functions into primitives and makes equal expressions one object, so that each is computed once. */
export function prepareNest(nest: Nest): Nest {
  const known = new Map<string, Scalar>();
  const numbers = new Map<Scalar, number>();
  const unify = (scalar: Scalar): Scalar => {
    const operands = operandsOf(scalar).map((operand) => numbers.get(operand));
    const own =
      scalar.kind === 'primitive'
        ? scalar.name
        : scalar.kind === 'constant'
          ? `${scalar.type}${Object.is(scalar.value, -0) ? '-0' : scalar.value}`
          : scalar.kind === 'axis'
            ? scalar.axis
            : scalar.kind === 'load'
              ? scalar.tensor
              : '';
    const key = `${scalar.kind}|${own}|${operands.join(',')}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    known.set(key, scalar);
    numbers.set(scalar, numbers.size);
    return scalar;
  };
  const expand = new Map<Scalar, Scalar>();
  const share = new Map<Scalar, Scalar>();
  return mapExpressions(nest, (root) => {
    const expanded = rewrite(
      root,
      (scalar) => (scalar.kind === 'call' ? functions[scalar.name].expand(...scalar.args) : scalar),
      expand,
    );
    return rewrite(expanded, unify, share);
  });
}

/** The accesses of expressions, each tensor and index once; loads inside index expressions are not among them. */
export function accessesOf(roots: readonly Scalar[]): readonly Access[] {
  const seen = new Set<Scalar>();
  const accesses: Access[] = [];
  const visit = (scalar: Scalar): void => {
    if (seen.has(scalar)) return;
    seen.add(scalar);
    if (scalar.kind === 'load') accesses.push(scalar);
    else for (const operand of operandsOf(scalar)) visit(operand);
  };
  for (const root of roots) visit(root);
  return accesses;
}

/** Where a vector is taken from relative to the streams' pointers. */
export interface VectorAt {
  /** Which four lanes of the panel: 0 or 1. */
  readonly half: 0 | 1;
  /** Further constant offset of each stream, in bytes (a tile's row and panel). */
  offset(stream: Stream): number;
  /** Elements between the vector axis' current index and this vector's panel. */
  readonly panelAhead: number;
  /** Index along other axes that a tile adds to the current one. */
  readonly ahead?: ReadonlyMap<number, number>;
}

/** Evaluates expressions of a nest, four lanes at a time. */
export class VectorBody {
  readonly #frame: Frame;
  readonly #streams: ReadonlyMap<Access, Stream>;
  /** The axis that lanes run along. */
  readonly vector: number | undefined;
  readonly #uses = new Map<Scalar, number>();

  /**
   * @param streams - one for each load of the expressions
   * @param vector - the axis that lanes run along
   */
  constructor(
    frame: Frame,
    streams: ReadonlyMap<Access, Stream>,
    vector: number | undefined,
    roots: readonly Scalar[],
  ) {
    this.#frame = frame;
    this.#streams = streams;
    this.vector = vector;
    const count = (scalar: Scalar): void => {
      const uses = (this.#uses.get(scalar) ?? 0) + 1;
      this.#uses.set(scalar, uses);
      if (uses === 1 && scalar.kind !== 'load') for (const operand of operandsOf(scalar)) count(operand);
    };
    for (const root of roots) count(root);
  }

  /** Evaluates the roots into locals, in order; release them with `done`. `reduced` stands for the nest's reduction. */
  evaluate(
    roots: readonly Scalar[],
    at: VectorAt,
    reduced?: Local,
  ): { values: readonly Local[]; done: () => void } {
    const { f } = this.#frame;
    const known = new Map<Scalar, Local>();
    const values = roots.map((root) => {
      this.#push(root, at, known, reduced);
      const value = f.local('v128');
      f.set(value);
      return value;
    });
    return {
      values,
      done: () => {
        f.release(...values, ...known.values());
      },
    };
  }

  #push(scalar: Scalar, at: VectorAt, known: Map<Scalar, Local>, reduced: Local | undefined): void {
    const { f } = this.#frame;
    const local = known.get(scalar);
    if (local !== undefined) {
      f.get(local);
      return;
    }
    this.#compute(scalar, at, known, reduced);
    const cheap = scalar.kind === 'constant' || scalar.kind === 'reduced';
    if ((this.#uses.get(scalar) ?? 0) > 1 && !cheap) {
      const kept = f.local('v128');
      f.tee(kept);
      known.set(scalar, kept);
    }
  }

  #compute(scalar: Scalar, at: VectorAt, known: Map<Scalar, Local>, reduced: Local | undefined): void {
    const { f } = this.#frame;
    switch (scalar.kind) {
      case 'constant':
        if (scalar.type === 'f32') f.f32x4Const(scalar.value);
        else f.v128Const([scalar.value, scalar.value, scalar.value, scalar.value]);
        return;
      case 'reduced':
        if (reduced === undefined)
          throw new LockstepError('INTERNAL', `kernel ${this.#frame.nest.name} has no reduction`);
        f.get(reduced);
        return;
      case 'axis':
        this.#pushAxisLanes(scalar.axis, at);
        return;
      case 'load':
        this.#pushLoad(scalar, at);
        return;
      case 'primitive': {
        // bitselect takes the mask last.
        const [mask, ...rest] = scalar.args;
        const args = scalar.name === 'select' && mask !== undefined ? [...rest, mask] : scalar.args;
        const shift = scalar.name.startsWith('shift') ? scalar.args[1] : undefined;
        for (const argument of args) if (argument !== shift) this.#push(argument, at, known, reduced);
        vectorCode[scalar.name](f, shift?.kind === 'constant' ? shift.value : 0);
        return;
      }
      case 'call':
        throw new LockstepError('INTERNAL', `kernel ${this.#frame.nest.name} was not prepared`);
      default:
        scalar satisfies never;
    }
  }

  #pushAxisLanes(axis: number, at: VectorAt): void {
    const { f } = this.#frame;
    const ahead = axis === this.vector ? at.panelAhead + 4 * at.half : (at.ahead?.get(axis) ?? 0);
    pushAxis(this.#frame, axis, ahead);
    f.op('i32x4.splat');
    if (axis === this.vector) f.v128Const([0, 1, 2, 3]).op('i32x4.add');
  }

  #pushLoad(access: Access, at: VectorAt): void {
    const { f } = this.#frame;
    const stream = this.#streams.get(access);
    if (stream === undefined)
      throw new LockstepError('INTERNAL', `kernel ${this.#frame.nest.name} loads without a stream`);
    const byte = slotOf(this.#frame, access.tensor).tensor.dtype === 'uint8';
    if (stream.lane === 'lanes') {
      this.#gatherLanes(stream, at, byte);
      return;
    }
    f.get(stream.pointer);
    const width = byte ? 4 : 16;
    const offset = at.offset(stream) + stream.base + (stream.lane === 'contiguous' ? at.half * width : 0);
    if (stream.lane === 'splat' && byte) f.load('i32.load8_u', offset).op('i32x4.splat');
    else if (stream.lane === 'splat') f.load('v128.load32_splat', offset);
    else if (byte)
      f.load('v128.load32_zero', offset, 1).op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u');
    else f.load('v128.load', offset);
  }

  /** Each lane computes its own address: correct for any index, and slow. */
  #gatherLanes(stream: Stream, at: VectorAt, byte: boolean): void {
    const { f } = this.#frame;
    f.i32Const(0).op('i32x4.splat');
    const value = f.local('v128');
    f.set(value);
    for (const lane of [0, 1, 2, 3]) {
      if (byte) f.get(value);
      this.pushLaneAddress(stream, at, lane);
      const offset = at.offset(stream) + stream.base;
      if (byte) f.load('i32.load8_u', offset).replaceLane('i32x4.replace_lane', lane);
      else f.get(value).loadLane('v128.load32_lane', offset, lane);
      f.set(value);
    }
    f.get(value).release(value);
  }

  /** Pushes the address of one lane's element of a stream whose lanes find their own. */
  pushLaneAddress(stream: Stream, at: VectorAt, lane: number, store = false): void {
    const { f } = this.#frame;
    const vector = this.vector ?? 0;
    const size = store ? undefined : this.#frame.nest.axes[vector]?.size;
    f.get(stream.pointer);
    for (const dimension of stream.perLane) {
      const index = stream.index[dimension];
      if (index === undefined) continue;
      pushDimensionOffset(this.#frame, stream.tensor, dimension, index, {
        axis: vector,
        lane: at.panelAhead + 4 * at.half + lane,
        ...(size === undefined ? {} : { size }),
      });
      f.op('i32.add');
    }
  }
}
