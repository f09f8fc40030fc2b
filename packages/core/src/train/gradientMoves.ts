import { permutation } from '../data/order.ts';
import { philox4x32 } from '../nest/philox.ts';
import { purposeKey } from '../nest/purpose.ts';
import { splitSeed } from '../nest/seed.ts';
import { sizeOf } from '../tensor/tensorType.ts';

/** A way to move a parameter. */
export interface Move {
  /** All elements, or the one with this index. */
  readonly moved: 'direction' | readonly number[];
  /** Of length 1, row-major. */
  readonly direction: Float64Array;
}

export interface MoveOptions {
  readonly directions: number;
  readonly elements: number;
  /** Of the parameter. */
  readonly path: string;
  readonly seed: number;
}

const purposeOf = (path: string): string => `gradients.${path}`;

/** All elements by the same amount, up or down: by the lowest bits of the words of Philox4x32-10 with the counter (block, 0, number, purpose). */
function randomDirection(length: number, number: number, { path, seed }: MoveOptions): Float64Array {
  const key = splitSeed(seed);
  const purpose = purposeKey(purposeOf(path));
  const size = 1 / Math.sqrt(length);
  const direction = new Float64Array(length);
  for (let block = 0; 4 * block < length; block++)
    for (const [word, bits] of philox4x32([block, 0, number, purpose], key).entries())
      if (4 * block + word < length) direction[4 * block + word] = (bits & 1) === 0 ? size : -size;
  return direction;
}

/** Positions of the greatest gradients, and of as many others by chance. */
function chooseElements(gradient: Float64Array, { elements, path, seed }: MoveOptions): readonly number[] {
  const size = (at: number): number => Math.abs(gradient[at] ?? 0);
  const greatest = Array.from(gradient.keys())
    .sort((a, b) => size(b) - size(a))
    .slice(0, Math.ceil(elements / 2));
  const others = permutation(seed, purposeOf(path), 0, gradient.length).subarray(0, elements);
  return [...new Set([...greatest, ...others])].slice(0, elements);
}

/** The index of an element from its position, row-major. */
function indexOf(position: number, shape: readonly number[]): readonly number[] {
  return shape.map((size, axis) => Math.floor(position / sizeOf(shape.slice(axis + 1))) % size);
}

/**
 * How to move a parameter to see whether its gradient is the slope: in random directions, which no wrong element escapes, and by
 * single elements, which say where it is wrong.
 *
 * @param gradient - row-major, of the shape
 */
export function chooseMoves(
  gradient: Float64Array,
  shape: readonly number[],
  options: MoveOptions,
): readonly Move[] {
  const directions = Array.from({ length: options.directions }, (_, number): Move => {
    return { moved: 'direction', direction: randomDirection(gradient.length, number, options) };
  });
  const elements = chooseElements(gradient, options).map((position): Move => {
    const direction = new Float64Array(gradient.length);
    direction[position] = 1;
    return { moved: indexOf(position, shape), direction };
  });
  return [...directions, ...elements];
}
