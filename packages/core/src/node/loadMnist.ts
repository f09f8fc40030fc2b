import { join } from 'node:path';
import { type Dataset, dataset } from '../data/dataset.ts';
import type { Field } from '../data/field.ts';
import { dataFile } from './dataFile.ts';
import { readIdx } from './readIdx.ts';

/** The four files may lie unpacked or packed. */
function readPart(folder: string, name: string): ReturnType<typeof readIdx> {
  const packed = `${name}.gz`;
  return readIdx(dataFile(folder, packed) ?? join(folder, packed));
}

function loadPart(folder: string, part: 'train' | 't10k'): Dataset {
  const images = readPart(folder, `${part}-images-idx3-ubyte`);
  const labels = readPart(folder, `${part}-labels-idx1-ubyte`);
  const image: Field = {
    shape: images.shape.slice(1),
    dtype: images.dtype,
    values: images.values,
    preprocessing: { offset: [0], scale: [1 / 255] },
  };
  const label: Field = {
    shape: [],
    dtype: 'int32',
    values: Int32Array.from(labels.values),
    classes: 10,
  };
  return dataset({ image, label });
}

/**
 * MNIST, or a data set in the same four files (Fashion-MNIST), from a folder, as `findData('mnist')` gives it: fields `image`
 * [28, 28], bytes that reach the model as 0 to 1, and `label`.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP, BAD_IDX, IDX_TRUNCATED, LABEL_OUT_OF_RANGE
 */
export function loadMnist(folder: string): { readonly train: Dataset; readonly test: Dataset } {
  return { train: loadPart(folder, 'train'), test: loadPart(folder, 't10k') };
}
