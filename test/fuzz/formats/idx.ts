import { readIdx } from '@lockstep/core/node';
import type { Format } from '../format.ts';
import { requireWhole } from './storedTensor.ts';

const bytes = (type: number, shape: readonly number[], elements: readonly number[]): Uint8Array => {
  const sizes = new DataView(new ArrayBuffer(4 * shape.length));
  for (const [axis, size] of shape.entries()) sizes.setUint32(4 * axis, size);
  return Uint8Array.of(0, 0, type, shape.length, ...new Uint8Array(sizes.buffer), ...elements);
};

const elements = Array.from({ length: 240 }, (_, at) => (at * 37) % 256);

export const idx: Format = {
  name: 'IDX',
  samples: [
    { name: 'images.idx', bytes: bytes(0x08, [10, 6, 4], elements) },
    { name: 'labels.idx', bytes: bytes(0x08, [240], elements) },
    { name: 'shorts.idx', bytes: bytes(0x0b, [3, 40], elements) },
    { name: 'doubles.idx', bytes: bytes(0x0e, [30], elements) },
  ],
  read: (file) => requireWhole(readIdx(file)),
  codes: ['BAD_IDX', 'IDX_TRUNCATED'],
};
