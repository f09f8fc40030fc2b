import { digitsOffset } from '../compile/layout.ts';
import type { ProgramTensor } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import type { Scalar } from '../nest/scalar.ts';
import { type AffineIndex, affineIndex, affineOffset, affineRange } from './affineIndex.ts';

/** Evaluates to a number for the current point of the nest. */
export type Evaluate = () => number;

/** The point of a nest that is being computed, and how far its axes reach. */
export interface NestPoint {
  readonly nest: string;
  readonly sizes: readonly number[];
  /** Current index of each axis; changed in place. */
  readonly axes: Int32Array;
}

function outOfRange(
  point: NestPoint,
  { name, shape }: ProgramTensor,
  axis: number,
  got: string,
): LockstepError {
  return new LockstepError('GRAPH_INVALID', `an index of tensor ${name} leaves it`, {
    where: { op: point.nest },
    got: `${got} at axis ${axis}`,
    wanted: `0 to ${(shape[axis] ?? 0) - 1}`,
  });
}

function evaluateAffine({ base, coefficients }: AffineIndex, axes: Int32Array): Evaluate {
  const terms = [...coefficients].filter(([, coefficient]) => coefficient !== 0);
  const [[a0, c0], [a1, c1], [a2, c2]] = [terms[0] ?? [0, 0], terms[1] ?? [0, 0], terms[2] ?? [0, 0]];
  const at = (axis: number): number => axes[axis] ?? 0;
  switch (terms.length) {
    case 0:
      return () => base;
    case 1:
      return () => base + c0 * at(a0);
    case 2:
      return () => base + c0 * at(a0) + c1 * at(a1);
    case 3:
      return () => base + c0 * at(a0) + c1 * at(a1) + c2 * at(a2);
    default:
      return () => {
        let sum = base;
        for (const [axis, coefficient] of terms) sum += coefficient * at(axis);
        return sum;
      };
  }
}

/** Indices that are not affine are values of the expression they are part of. */
export function needsValue(index: Scalar): boolean {
  return affineIndex(index) === undefined;
}

/**
 * The offset, in elements, of an element of a tensor in its layout. Affine indices are checked here, for all points of
 * the nest at once; others when they are evaluated.
 *
 * @param valueOfIndex - evaluates an index for which `needsValue` holds
 * @throws LockstepError GRAPH_INVALID when an index leaves the tensor
 */
export function elementAddress(
  point: NestPoint,
  tensor: ProgramTensor,
  index: readonly Scalar[],
  valueOfIndex: (scalar: Scalar) => Evaluate,
): Evaluate {
  const { axes: digits } = tensor.layout;
  const empty = point.sizes.includes(0);
  const forms = index.map(affineIndex);
  for (const [axis, form] of forms.entries()) {
    if (form === undefined || empty) continue;
    const [low, high] = affineRange(form, point.sizes);
    if (low < 0 || high >= (tensor.shape[axis] ?? 0))
      throw outOfRange(point, tensor, axis, `${low} to ${high}`);
  }

  const affine = forms.filter((form) => form !== undefined);
  if (affine.length === index.length && digits.every(({ length }) => length === 1)) {
    const strides = digits.map(([digit]) => digit?.stride ?? 0);
    return evaluateAffine(affineOffset(affine, strides), point.axes);
  }

  const parts = index.map((scalar, axis) => {
    const form = forms[axis];
    const size = tensor.shape[axis] ?? 0;
    const own = digits[axis] ?? [];
    const evaluate = form === undefined ? valueOfIndex(scalar) : evaluateAffine(form, point.axes);
    return () => {
      const value = evaluate();
      if (value < 0 || value >= size) throw outOfRange(point, tensor, axis, String(value));
      return digitsOffset(own, value);
    };
  });
  return () => {
    let offset = 0;
    for (const part of parts) offset += part();
    return offset;
  };
}
