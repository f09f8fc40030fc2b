import { sizeOf } from '../graph/node.ts';
import type { Layout } from './program.ts';

/** The dense layout: one digit an axis, the last axis contiguous, no padding. */
export function rowMajor(shape: readonly number[]): Layout {
  const axes = shape.map((extent, axis) => [{ extent, stride: sizeOf(shape.slice(axis + 1)) }]);
  return { axes, elements: sizeOf(shape) };
}
