import { expect, it } from 'vitest';
import { parseCifar10 } from './cifar10.ts';

it('lays the colours of a pixel side by side', () => {
  // Two rows; red, green and blue of a pixel differ by which plane and which pixel they are of.
  const colour = (row: number, channel: number, pixel: number): number =>
    (60 * row + 80 * channel + pixel) % 251;
  const bytes = Uint8Array.from(
    [0, 1].flatMap((row) => [
      7 + row,
      ...[0, 1, 2].flatMap((channel) =>
        Array.from({ length: 1024 }, (_, pixel) => colour(row, channel, pixel)),
      ),
    ]),
  );
  const { images, labels } = parseCifar10(bytes, 'batch.bin');
  expect([...labels]).toEqual([7, 8]);
  expect(images).toHaveLength(2 * 32 * 32 * 3);
  const [row, y, x] = [1, 5, 31];
  const at = ((row * 32 + y) * 32 + x) * 3;
  expect([...images.subarray(at, at + 3)]).toEqual(
    [0, 1, 2].map((channel) => colour(row, channel, y * 32 + x)),
  );
});

it('refuses a file that was cut off', () => {
  expect(() => parseCifar10(new Uint8Array(3072), 'batch.bin')).toThrow(
    expect.objectContaining({ code: 'BAD_CIFAR', where: { file: 'batch.bin' } }),
  );
});
