import { constant } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { broadcastTo } from './broadcastTo.ts';

/** A tensor of this type filled with one number. */
export function full(type: TensorType, value: number): Node {
  const scalar = constant(value, { dtype: type.dtype });
  return type.shape.length === 0 ? scalar : broadcastTo(scalar, type);
}

/** Zeros in the shape, element type and batch axis of `like`. */
export function zerosLike(like: TensorType): Node {
  return full(like, 0);
}

/** Ones in the shape, element type and batch axis of `like`. */
export function onesLike(like: TensorType): Node {
  return full(like, 1);
}
