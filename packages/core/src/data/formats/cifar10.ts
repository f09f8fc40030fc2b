import { LockstepError } from '../../errors.ts';

const side = 32;
const pixels = side * side;
const channels = 3;
/** Bytes of a row: a label, then a plane each of red, green and blue. */
const rowBytes = 1 + channels * pixels;

export interface Cifar10Rows {
  /** [rows, 32, 32, 3]: the colours of a pixel lie side by side. */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

/**
 * Reads a file of CIFAR-10's binary version (https://www.cs.toronto.edu/~kriz/cifar.html).
 *
 * @param file - what to call the file in messages
 * @throws LockstepError BAD_CIFAR when it does not hold whole rows
 */
export function parseCifar10(bytes: Uint8Array, file: string): Cifar10Rows {
  const rows = bytes.length / rowBytes;
  if (rows === 0 || !Number.isInteger(rows))
    throw new LockstepError('BAD_CIFAR', 'the file does not hold whole rows', {
      where: { file },
      got: `${bytes.length} bytes`,
      wanted: `a multiple of ${rowBytes}`,
    });
  const images = new Uint8Array(rows * channels * pixels);
  const labels = Int32Array.from({ length: rows }, (_, row) => bytes[row * rowBytes] ?? 0);
  for (let row = 0; row < rows; row += 1)
    for (let channel = 0; channel < channels; channel += 1) {
      const from = row * rowBytes + 1 + channel * pixels;
      const to = row * channels * pixels + channel;
      for (let pixel = 0; pixel < pixels; pixel += 1)
        images[to + pixel * channels] = bytes[from + pixel] ?? 0;
    }
  return { images, labels };
}
