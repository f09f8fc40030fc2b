import { LockstepError } from '../errors.ts';
import type { PrimitiveName } from '../nest/primitives.ts';
import type { FunctionBuilder, Opcode } from './assembler/index.ts';

/** Writes the instruction for a primitive whose operands are on the stack; `shift` is the constant count of a shift. */
type VectorCode = (f: FunctionBuilder, shift: number) => void;

const plain =
  (opcode: Opcode): VectorCode =>
  (f) => {
    f.op(opcode);
  };

const shifted =
  (opcode: Opcode): VectorCode =>
  (f, count) => {
    f.i32Const(count).op(opcode);
  };

/** Masks, integers and floats of equal bits are the same vector. */
const nothing: VectorCode = () => undefined;

/** Words 1, 3 of each 64-bit pair of products: the high halves, in order. */
const highWords = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31] as const;

function mulHigh(f: FunctionBuilder): void {
  const [a, b] = [f.local('v128'), f.local('v128')];
  f.set(b).set(a);
  f.get(a).get(b).op('i64x2.extmul_low_i32x4_u');
  f.get(a).get(b).op('i64x2.extmul_high_i32x4_u');
  f.shuffle(highWords);
  f.release(a, b);
}

function lanewise(opcode: 'i32.div_u' | 'i32.rem_u'): VectorCode {
  return (f) => {
    const [a, b] = [f.local('v128'), f.local('v128')];
    f.set(b).set(a).get(a);
    for (const lane of [0, 1, 2, 3]) {
      f.get(a).extractLane('i32x4.extract_lane', lane);
      f.get(b).extractLane('i32x4.extract_lane', lane);
      f.op(opcode).replaceLane('i32x4.replace_lane', lane);
    }
    f.release(a, b);
  };
}

/** Every primitive on four lanes. `select` has its operands in the order yes, no, mask. */
export const vectorCode: Readonly<Record<PrimitiveName, VectorCode>> = {
  add: plain('f32x4.add'),
  sub: plain('f32x4.sub'),
  mul: plain('f32x4.mul'),
  div: plain('f32x4.div'),
  max: plain('f32x4.max'),
  min: plain('f32x4.min'),
  pmax: plain('f32x4.pmax'),
  pmin: plain('f32x4.pmin'),
  sqrt: plain('f32x4.sqrt'),
  abs: plain('f32x4.abs'),
  neg: plain('f32x4.neg'),
  floor: plain('f32x4.floor'),
  ceil: plain('f32x4.ceil'),
  nearest: plain('f32x4.nearest'),
  equal: plain('f32x4.eq'),
  notEqual: plain('f32x4.ne'),
  less: plain('f32x4.lt'),
  lessEqual: plain('f32x4.le'),
  greater: plain('f32x4.gt'),
  greaterEqual: plain('f32x4.ge'),
  maskAnd: plain('v128.and'),
  maskOr: plain('v128.or'),
  maskNot: plain('v128.not'),
  select: plain('v128.bitselect'),
  intAdd: plain('i32x4.add'),
  intSub: plain('i32x4.sub'),
  intMul: plain('i32x4.mul'),
  intAnd: plain('v128.and'),
  intOr: plain('v128.or'),
  intXor: plain('v128.xor'),
  intMin: plain('i32x4.min_s'),
  intMax: plain('i32x4.max_s'),
  shiftLeft: shifted('i32x4.shl'),
  shiftRight: shifted('i32x4.shr_s'),
  shiftRightUnsigned: shifted('i32x4.shr_u'),
  mulHighUnsigned: mulHigh,
  indexDiv: lanewise('i32.div_u'),
  indexRem: lanewise('i32.rem_u'),
  intEqual: plain('i32x4.eq'),
  intLess: plain('i32x4.lt_s'),
  intToFloat: plain('f32x4.convert_i32x4_s'),
  floatToInt: plain('i32x4.trunc_sat_f32x4_s'),
  bitsToFloat: nothing,
  floatToBits: nothing,
  maskToInt: (f) => {
    f.v128Const([1, 1, 1, 1]).op('v128.and');
  },
};

/** Smaller of, or larger of, two i32 on the stack. */
const selected =
  (test: Opcode): VectorCode =>
  (f) => {
    const [a, b] = [f.local('i32'), f.local('i32')];
    f.set(b).set(a).get(a).get(b).get(a).get(b).op(test).select();
    f.release(a, b);
  };

const asMask =
  (test: Opcode): VectorCode =>
  (f) => {
    const value = f.local('i32');
    f.op(test).set(value).i32Const(0).get(value).op('i32.sub');
    f.release(value);
  };

const scalarShift =
  (opcode: Opcode): VectorCode =>
  (f, count) => {
    f.i32Const(count).op(opcode);
  };

/** The primitives that index expressions may use, on one i32. */
const indexCode: Readonly<Partial<Record<PrimitiveName, VectorCode>>> = {
  intAdd: plain('i32.add'),
  intSub: plain('i32.sub'),
  intMul: plain('i32.mul'),
  intAnd: plain('i32.and'),
  intOr: plain('i32.or'),
  intXor: plain('i32.xor'),
  intMin: selected('i32.lt_s'),
  intMax: selected('i32.gt_s'),
  shiftLeft: scalarShift('i32.shl'),
  shiftRight: scalarShift('i32.shr_s'),
  shiftRightUnsigned: scalarShift('i32.shr_u'),
  indexDiv: plain('i32.div_u'),
  indexRem: plain('i32.rem_u'),
  intEqual: asMask('i32.eq'),
  intLess: asMask('i32.lt_s'),
  maskAnd: plain('i32.and'),
  maskOr: plain('i32.or'),
  select: (f) => {
    f.select();
  },
};

export const isIndexPrimitive = (name: PrimitiveName): boolean => indexCode[name] !== undefined;

/** @throws LockstepError GRAPH_INVALID for a primitive that no index expression may use */
export function indexPrimitive(name: PrimitiveName): VectorCode {
  const code = indexCode[name];
  if (code === undefined)
    throw new LockstepError('GRAPH_INVALID', 'an index expression uses a primitive that is not for indices', {
      got: name,
      wanted: Object.keys(indexCode).join(', '),
      hint: 'compute the index into an int32 tensor first and load it',
    });
  return code;
}
