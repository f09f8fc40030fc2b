import type { StrictFunction } from '../../nest/functions/strictFunction.ts';
import { type FunctionName, functions } from '../../nest/functions.ts';
import { type Primitive, type PrimitiveName, primitives } from '../../nest/primitives.ts';

/** All values from the first to the second, both included; NaN twice is NaN. Integers and masks are intervals too. */
export type Interval = readonly [number, number];

/** Nothing is known of the value. */
export const unknown: Interval = [-Infinity, Infinity];

export const isUnknown = ([low, high]: Interval): boolean => low === -Infinity && high === Infinity;

export const exactly = (value: number): Interval => [value, value];

const isSingle = ([low, high]: Interval): boolean => Object.is(low, high);

/** The smallest interval that holds all of these values. */
function hull(values: readonly number[]): Interval {
  if (values.every((value) => Number.isNaN(value))) return [Number.NaN, Number.NaN];
  return values.some((value) => Number.isNaN(value)) ? unknown : [Math.min(...values), Math.max(...values)];
}

/** Holds the values themselves and what they are as float32 numbers: rounding is monotone. */
export const rounded = ([low, high]: Interval): Interval =>
  hull([low, high, Math.fround(low), Math.fround(high)]);

export const join = (a: Interval, b: Interval): Interval => hull([...a, ...b]);

function corners(args: readonly Interval[]): readonly number[][] {
  return args.reduce<number[][]>(
    (lists, [low, high]) =>
      lists.flatMap((list) => [
        [...list, low],
        [...list, high],
      ]),
    [[]],
  );
}

/** Primitives that are not monotone in each operand; they are known for single values only. */
const onlySingles: ReadonlySet<PrimitiveName> = new Set([
  'intAdd',
  'intSub',
  'intMul',
  'intAnd',
  'intOr',
  'intXor',
  'shiftLeft',
  'shiftRight',
  'shiftRightUnsigned',
  'mulHighUnsigned',
  'indexDiv',
  'indexRem',
  'intEqual',
  'bitsToFloat',
  'floatToBits',
]);

const maybe: Interval = [-1, 0];

/**
 * Everything that a primitive may give for operands in these intervals, with its result rounded to float32 or not: monotone
 * in each operand, it takes its extremes at the corners.
 */
export function primitiveInterval(name: PrimitiveName, args: readonly Interval[]): Interval {
  const [first = unknown, second = unknown, third = unknown] = args;
  if (name === 'select') {
    if (!isSingle(first)) return join(second, third);
    return first[0] === 0 ? third : second;
  }
  const { evaluate, result }: Primitive = primitives[name];
  const single = args.every(isSingle);
  if (single) {
    const value = evaluate(...args.map(([low]) => low));
    return result === 'f32' ? rounded(exactly(value)) : exactly(value);
  }
  if (args.some(isUnknown)) return result === 'mask' ? maybe : unknown;
  if (onlySingles.has(name)) return result === 'mask' ? maybe : unknown;
  if (name === 'equal' || name === 'notEqual') {
    const apart = first[1] < second[0] || second[1] < first[0];
    return apart ? exactly(name === 'equal' ? 0 : -1) : maybe;
  }
  if (name === 'div' && second[0] <= 0 && second[1] >= 0) return unknown;
  const found = hull(corners(args).map((corner) => evaluate(...corner)));
  return result === 'f32' ? rounded(found) : found;
}

const largest = (2 - 2 ** -23) * 2 ** 127;
const toFloat32Range = (value: number): number =>
  Math.abs(value) > largest ? Math.sign(value) * Infinity : value;

/** Distance of the float32 numbers around a value. */
function ulpOf(value: number): number {
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(value))));
  return Number.isFinite(exponent) ? 2 ** (exponent - 23) : 2 ** -149;
}

const notMonotone: ReadonlySet<FunctionName> = new Set<FunctionName>(['sin', 'cos']);

/** Everything that a strict function may give within its stated error, and its float64 reference. */
export function functionInterval(name: FunctionName, args: readonly Interval[]): Interval {
  const { reference, ulp }: StrictFunction = functions[name];
  if (args.some(isUnknown) || (notMonotone.has(name) && !args.every(isSingle))) return unknown;
  const found = corners(args).map((corner) => reference(...corner));
  const bounds = found.flatMap((value) => {
    if (!Number.isFinite(value)) return [value];
    const error = ulp * ulpOf(value);
    return [value, toFloat32Range(value - error), toFloat32Range(value + error)];
  });
  return hull(bounds);
}

/**
 * Everything that a float32 sum of these terms may give. A term passes through at most one chunk of 512 additions, the
 * additions of the chunks and a tree of at most 16 levels, each of which errs by at most half an ulp of a partial sum.
 */
export function sumInterval(terms: readonly Interval[]): Interval {
  if (terms.some(isUnknown)) return unknown;
  const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const low = add(terms.map((term) => term[0]));
  const high = add(terms.map((term) => term[1]));
  const magnitude = add(terms.map((term) => Math.max(...term.map(Math.abs))));
  if (Number.isNaN(low) || Number.isNaN(high)) return hull([low, high]);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return low === high ? [low, high] : unknown;
  if (magnitude > largest) return unknown;
  const additions = Math.min(terms.length, 512 + Math.ceil(terms.length / 512) + 16);
  const slack = additions * 2 ** -24 * magnitude;
  return [low - slack, high + slack];
}
