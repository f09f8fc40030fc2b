import { join } from 'node:path';
import { type Dataset, dataset } from '../data/dataset.ts';
import { parseCifar10 } from '../data/formats/cifar10.ts';
import { readBytes } from './readBytes.ts';

const classNames = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

function loadPart(folder: string, names: readonly string[]): Dataset {
  const parts = names.map((name) => {
    const file = join(folder, name);
    return parseCifar10(readBytes(file), file);
  });
  const rows = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const shape = [32, 32, 3];
  const images = new Uint8Array(rows * 32 * 32 * 3);
  const labels = new Int32Array(rows);
  let row = 0;
  for (const part of parts) {
    images.set(part.images, row * 32 * 32 * 3);
    labels.set(part.labels, row);
    row += part.labels.length;
  }
  return dataset({
    image: { shape, dtype: 'uint8', values: images, preprocessing: { offset: [0], scale: [1 / 255] } },
    label: { shape: [], dtype: 'int32', values: labels, classes: classNames.length, classNames },
  });
}

/**
 * CIFAR-10's binary version from a folder, as `findData('cifar-10')` gives it: fields `image` [32, 32, 3] (rows, columns, red
 * green blue), bytes that reach the model as 0 to 1, and `label`.
 *
 * @throws LockstepError DATA_MISSING, BAD_CIFAR, LABEL_OUT_OF_RANGE
 */
export function loadCifar10(folder: string): { readonly train: Dataset; readonly test: Dataset } {
  return {
    train: loadPart(
      folder,
      [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
    ),
    test: loadPart(folder, ['test_batch.bin']),
  };
}
