/** How many values each output is summed from, and how many outputs each input goes to. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/**
 * Fans of a weight [...window, in, out]: a dense weight has no window, a convolution's is its kernel. A vector has its
 * length as both.
 */
export function fansOf(shape: readonly number[]): Fans {
  const [out = 1, inputs = out, ...window] = shape.toReversed();
  const receptive = window.reduce((product, size) => product * size, 1);
  return { in: inputs * receptive, out: out * receptive };
}
