import type { DType } from '../tensor/dtype.ts';
import type { FunctionName } from './functions.ts';
import { type PrimitiveName, primitives } from './primitives.ts';

/** Types of the values inside a loop nest. `mask` is the result of a comparison. */
export type ScalarType = 'f32' | 'i32' | 'mask';

/**
 * The body of a loop nest: a graph of scalar expressions, plain data. Sharing is by object identity.
 * Index expressions are `i32` scalars too: `axis(0)`, an affine form of axes, or a value read from a tensor.
 */
export type Scalar =
  | { readonly kind: 'constant'; readonly type: 'f32' | 'i32'; readonly value: number }
  | { readonly kind: 'axis'; readonly type: 'i32'; readonly axis: number }
  | {
      readonly kind: 'load';
      readonly type: ScalarType;
      readonly tensor: number;
      readonly index: readonly Scalar[];
    }
  /** The finished value of the nest's reduction. */
  | { readonly kind: 'reduced'; readonly type: 'f32' }
  | {
      readonly kind: 'primitive';
      readonly type: ScalarType;
      readonly name: PrimitiveName;
      readonly args: readonly Scalar[];
    }
  /** A strict function (exp, log, ...): its expansion into primitives is its definition in float32. */
  | {
      readonly kind: 'call';
      readonly type: 'f32';
      readonly name: FunctionName;
      readonly args: readonly Scalar[];
    };

/** What a loaded element of this dtype is inside a nest; uint8 widens to i32. */
export const scalarTypeOf = {
  float32: 'f32',
  int32: 'i32',
  uint8: 'i32',
  bool: 'mask',
} as const satisfies Record<DType, ScalarType>;

/** float32 constant; the value is rounded to float32 (the float64 reference keeps it whole). */
export function f32(value: number): Scalar {
  return { kind: 'constant', type: 'f32', value };
}

export function i32(value: number): Scalar {
  return { kind: 'constant', type: 'i32', value: value | 0 };
}

/** Index along one axis of the nest. */
export function axis(index: number): Scalar {
  return { kind: 'axis', type: 'i32', axis: index };
}

export const reduced: Scalar = { kind: 'reduced', type: 'f32' };

/** A strict function of scalars, defined in `nest/functions.ts`. */
export function call(name: FunctionName, ...args: readonly Scalar[]): Scalar {
  return { kind: 'call', type: 'f32', name, args };
}

/** A primitive operation; see `nest/primitives.ts` for the exact meaning of each. */
export function primitive(name: PrimitiveName, ...args: readonly Scalar[]): Scalar {
  const { result } = primitives[name];
  const type = result === 'same' ? (args[1]?.type ?? 'f32') : result;
  return { kind: 'primitive', type, name, args };
}

export const add = (a: Scalar, b: Scalar): Scalar => primitive('add', a, b);
export const sub = (a: Scalar, b: Scalar): Scalar => primitive('sub', a, b);
export const mul = (a: Scalar, b: Scalar): Scalar => primitive('mul', a, b);
export const div = (a: Scalar, b: Scalar): Scalar => primitive('div', a, b);
export const max = (a: Scalar, b: Scalar): Scalar => primitive('max', a, b);
export const min = (a: Scalar, b: Scalar): Scalar => primitive('min', a, b);
export const select = (mask: Scalar, yes: Scalar, no: Scalar): Scalar => primitive('select', mask, yes, no);

/** The direct operands of an expression. */
export function operandsOf(scalar: Scalar): readonly Scalar[] {
  switch (scalar.kind) {
    case 'constant':
    case 'axis':
    case 'reduced':
      return [];
    case 'load':
      return scalar.index;
    case 'primitive':
    case 'call':
      return scalar.args;
    default:
      return scalar satisfies never;
  }
}

/** The operands rewritten; the same array if none has changed. */
function rewriteAll(operands: readonly Scalar[], rewriteOne: (scalar: Scalar) => Scalar): readonly Scalar[] {
  const rewritten = operands.map(rewriteOne);
  return rewritten.every((operand, at) => operand === operands[at]) ? operands : rewritten;
}

/**
 * Rebuilds an expression bottom-up, once for each shared part: `visit` gets each expression with its operands already
 * rebuilt and answers with what shall stand there. What has not changed stays the same object.
 */
export function rewrite(
  root: Scalar,
  visit: (scalar: Scalar) => Scalar,
  done: Map<Scalar, Scalar> = new Map(),
): Scalar {
  const recur = (scalar: Scalar): Scalar => {
    const known = done.get(scalar);
    if (known !== undefined) return known;
    let rebuilt = scalar;
    if (scalar.kind === 'load') {
      const index = rewriteAll(scalar.index, recur);
      if (index !== scalar.index) rebuilt = { ...scalar, index };
    } else if (scalar.kind === 'primitive' || scalar.kind === 'call') {
      const args = rewriteAll(scalar.args, recur);
      if (args !== scalar.args) rebuilt = { ...scalar, args };
    }
    const result = visit(rebuilt);
    done.set(scalar, result);
    return result;
  };
  return recur(root);
}

/** Calls `visit` once for every distinct part of the expressions, operands first. */
export function walk(roots: readonly Scalar[], visit: (scalar: Scalar) => void): void {
  const seen = new Set<Scalar>();
  const recur = (scalar: Scalar): void => {
    if (seen.has(scalar)) return;
    seen.add(scalar);
    operandsOf(scalar).forEach(recur);
    visit(scalar);
  };
  roots.forEach(recur);
}
