import type { Scalar } from '../nest/scalar.ts';

/** An index that is `base` + the sum over axes of coefficient x axis. */
export interface AffineIndex {
  readonly base: number;
  /** By axis of the nest; zero coefficients are left out. */
  readonly coefficients: ReadonlyMap<number, number>;
}

function combine(a: AffineIndex, b: AffineIndex, scale: number): AffineIndex {
  const coefficients = new Map(a.coefficients);
  for (const [axis, coefficient] of b.coefficients)
    coefficients.set(axis, (coefficients.get(axis) ?? 0) + scale * coefficient);
  return { base: a.base + scale * b.base, coefficients };
}

const constantIndex = (base: number): AffineIndex => ({ base, coefficients: new Map() });

/** The affine form of an index expression, or undefined if it has none (a gathered index, a quotient). */
export function affineIndex(scalar: Scalar): AffineIndex | undefined {
  if (scalar.kind === 'constant') return constantIndex(scalar.value);
  if (scalar.kind === 'axis') return { base: 0, coefficients: new Map([[scalar.axis, 1]]) };
  if (scalar.kind !== 'primitive') return undefined;
  const [left, right] = scalar.args.map(affineIndex);
  if (left === undefined || right === undefined) return undefined;
  switch (scalar.name) {
    case 'intAdd':
      return combine(left, right, 1);
    case 'intSub':
      return combine(left, right, -1);
    case 'intMul':
      if (left.coefficients.size === 0) return combine(constantIndex(0), right, left.base);
      if (right.coefficients.size === 0) return combine(constantIndex(0), left, right.base);
      return undefined;
    default:
      return undefined;
  }
}

/** `outer` x stride + `inner`, summed over the axes of a tensor: the offset of an element. */
export function affineOffset(indices: readonly AffineIndex[], strides: readonly number[]): AffineIndex {
  return indices.reduce((sum, index, axis) => combine(sum, index, strides[axis] ?? 0), constantIndex(0));
}

/** Smallest and largest value over all points of a nest whose axes have these sizes (all at least 1). */
export function affineRange(index: AffineIndex, sizes: readonly number[]): readonly [number, number] {
  let low = index.base;
  let high = index.base;
  for (const [axis, coefficient] of index.coefficients) {
    const reach = coefficient * ((sizes[axis] ?? 1) - 1);
    low += Math.min(reach, 0);
    high += Math.max(reach, 0);
  }
  return [low, high];
}
