import type { ProgramTensor, Split } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { plainAxis } from '../nest/analysis.ts';
import type { Nest } from '../nest/nest.ts';
import { type Scalar, walk } from '../nest/scalar.ts';
import { dtypeBytes } from '../tensor/dtype.ts';
import type { FunctionBuilder, Local } from './assembler/index.ts';
import type { MachineProducts } from './machineProduct.ts';
import { indexPrimitive } from './primitiveCode.ts';

/** A tensor that a kernel touches, and the parameter that holds where it starts (for the first unit, if it is advanced). */
export interface Slot {
  readonly tensor: ProgramTensor;
  readonly pointer: Local;
  /** The dimension along which the caller has moved the pointer to the share's first unit. */
  readonly advance: Advance | undefined;
}

export interface Advance {
  readonly dimension: number;
  readonly bytesPerUnit: number;
}

/** What all kernel emitters share: the function, the nest, its tensors, and where the loops stand. */
export interface Frame {
  readonly f: FunctionBuilder;
  readonly nest: Nest;
  /** Points where this does not hold are passed over: the guard that all stores have in common, taken off them. */
  readonly guard: Scalar | undefined;
  readonly split: Split;
  readonly slots: ReadonlyMap<number, Slot>;
  /** Index along the split axis of the share's first element, and the number of units to do. */
  readonly first: Local;
  readonly count: Local;
  /**
   * Start of the worker's scratch memory, where partial sums of a tile go. A local: V8 does not see that two reads of a global
   * give one address, and would not pair the accesses.
   */
  readonly scratch: Local;
  /** For each axis the local that holds the current index; along the split axis it counts from the share's first element. */
  readonly positions: Map<number, Local>;
  /** 256-bit pairs: a product's tile is 4 x 16 instead of 4 x 8. */
  readonly wide: boolean;
  /** Units that the caller hands over at once, at most. */
  readonly mostUnits: number;
  /** Where products get machine code; undefined: they are WebAssembly. */
  readonly products: MachineProducts | undefined;
  readonly lanes: number;
  readonly batchSize: number;
}

/** The guards that some stores of the kernel have. */
export function guardsOf({ guard, nest }: Frame): readonly Scalar[] {
  return [guard, ...nest.stores.map((store) => store.guard)].filter((each) => each !== undefined);
}

export const isGuarded = (frame: Frame): boolean => guardsOf(frame).length > 0;

export function slotOf(frame: Frame, tensor: number): Slot {
  const slot = frame.slots.get(tensor);
  if (slot === undefined)
    throw new LockstepError('INTERNAL', `kernel ${frame.nest.name} has no tensor ${tensor}`);
  return slot;
}

/**
 * How far a tensor's address moves from one unit of the split to the next, if it is the same step for all units and for every
 * access of the nest.
 */
export function advanceOf(
  tensor: ProgramTensor,
  split: Split,
  accesses: readonly (readonly Scalar[])[],
): Advance | undefined {
  if (split.kind !== 'axis') return undefined;
  const dimension = accesses[0]?.findIndex((index) => plainAxis(index) === split.axis) ?? -1;
  if (dimension < 0 || !accesses.every((index) => plainAxis(index[dimension]) === split.axis))
    return undefined;
  const [low, high] = tensor.layout.axes[dimension] ?? [];
  const bytes = dtypeBytes[tensor.dtype];
  if (low === undefined) return undefined;
  if (high === undefined) return { dimension, bytesPerUnit: split.unit * low.stride * bytes };
  if (split.unit % low.extent !== 0) return undefined;
  return { dimension, bytesPerUnit: (split.unit / low.extent) * high.stride * bytes };
}

/** Pushes the index along an axis, counted from the axis' start. `lane` is added to it. */
export function pushAxis(frame: Frame, axis: number, lane = 0): void {
  const { f } = frame;
  const position = frame.positions.get(axis);
  if (position === undefined)
    throw new LockstepError('INTERNAL', `kernel ${frame.nest.name} uses axis ${axis} outside its loop`);
  f.get(position);
  if (frame.split.kind === 'axis' && frame.split.axis === axis) f.get(frame.first).op('i32.add');
  if (lane !== 0) f.i32Const(lane).op('i32.add');
}

/** A lane of a vector whose index expressions are being evaluated: which axis, how far in. */
export interface LaneAt {
  readonly axis: number;
  readonly lane: number;
  /** Lanes past the end read the last element of an axis of this size; left out for stores, which may write padding. */
  readonly size?: number;
}

/** Pushes the value of an index expression as i32. Lanes past the end of the axis are clamped to its last element. */
export function pushIndex(frame: Frame, scalar: Scalar, at?: LaneAt): void {
  const { f } = frame;
  switch (scalar.kind) {
    case 'constant':
      f.i32Const(scalar.value);
      return;
    case 'axis':
      if (at === undefined || at.axis !== scalar.axis) pushAxis(frame, scalar.axis);
      else {
        pushAxis(frame, scalar.axis, at.lane);
        if (at.size !== undefined) {
          f.i32Const(at.size - 1);
          indexPrimitive('intMin')(f, 0);
        }
      }
      return;
    case 'load': {
      pushElementAddress(frame, scalar.tensor, scalar.index, at);
      f.load(slotOf(frame, scalar.tensor).tensor.dtype === 'uint8' ? 'i32.load8_u' : 'i32.load');
      return;
    }
    case 'primitive': {
      const [first, second] = scalar.args;
      const shift = scalar.name.startsWith('shift') && second?.kind === 'constant' ? second.value : undefined;
      // As on vectors, `select` has its mask last.
      const [mask, ...rest] = scalar.args;
      const args = scalar.name === 'select' && mask !== undefined ? [...rest, mask] : scalar.args;
      for (const argument of shift === undefined || first === undefined ? args : [first])
        pushIndex(frame, argument, at);
      indexPrimitive(scalar.name)(f, shift ?? 0);
      return;
    }
    case 'reduced':
    case 'call':
      throw new LockstepError('GRAPH_INVALID', 'an index expression uses a float', {
        where: { op: frame.nest.name },
      });
    default:
      scalar satisfies never;
  }
}

/** Pushes the byte address of one element, computed from scratch. */
export function pushElementAddress(
  frame: Frame,
  tensor: number,
  index: readonly Scalar[],
  at?: LaneAt,
): void {
  frame.f.get(slotOf(frame, tensor).pointer);
  for (const [dimension, entry] of index.entries()) {
    pushDimensionOffset(frame, tensor, dimension, entry, at);
    frame.f.op('i32.add');
  }
}

/** Pushes the bytes that one dimension's index contributes to an address. */
export function pushDimensionOffset(
  frame: Frame,
  tensor: number,
  dimension: number,
  index: Scalar,
  at?: LaneAt,
): void {
  const { f } = frame;
  const slot = slotOf(frame, tensor);
  const digits = slot.tensor.layout.axes[dimension] ?? [];
  const bytes = dtypeBytes[slot.tensor.dtype];
  const axis = plainAxis(index);
  const relative = slot.advance?.dimension === dimension && axis !== undefined;
  const value = f.local('i32');
  if (relative && axis !== undefined) {
    const position = frame.positions.get(axis);
    if (position === undefined)
      throw new LockstepError('INTERNAL', `kernel ${frame.nest.name} uses axis ${axis} outside its loop`);
    f.get(position);
    if (at?.axis === axis && at.lane !== 0) f.i32Const(at.lane).op('i32.add');
  } else pushIndex(frame, index, at);
  f.set(value);
  if (digits.length === 0) f.i32Const(0);
  for (const [place, { extent, stride }] of digits.entries()) {
    f.get(value);
    if (place < digits.length - 1) f.i32Const(extent).op('i32.rem_u');
    f.i32Const(stride * bytes).op('i32.mul');
    if (place > 0) f.op('i32.add');
    if (place < digits.length - 1) f.get(value).i32Const(extent).op('i32.div_u').set(value);
  }
  f.release(value);
}

/** The axes that an expression depends on. */
export function axesUsed(root: Scalar): ReadonlySet<number> {
  const used = new Set<number>();
  walk([root], (scalar) => {
    if (scalar.kind === 'axis') used.add(scalar.axis);
  });
  return used;
}
