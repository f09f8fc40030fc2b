import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadMnist } from './loadMnist.ts';

it('reads four files, packed or not, and keeps pixels as bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-mnist-'));
  const images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 128, 64];
  const labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), Uint8Array.from(images));
  writeFileSync(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(Uint8Array.from(labels)));
  writeFileSync(join(folder, 't10k-images-idx3-ubyte.gz'), gzipSync(Uint8Array.from(images)));
  expect(() => loadMnist(folder)).toThrow(
    expect.objectContaining({
      code: 'DATA_MISSING',
      where: { file: join(folder, 't10k-labels-idx1-ubyte.gz') },
    }),
  );
  writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), Uint8Array.from(labels));
  const { train, test } = loadMnist(folder);
  expect(test).toEqual(train);
  expect(train).toEqual({
    rows: 2,
    fields: {
      image: {
        shape: [1, 2],
        dtype: 'uint8',
        values: Uint8Array.of(0, 255, 128, 64),
        preprocessing: { offset: [0], scale: [1 / 255] },
      },
      label: { shape: [], dtype: 'int32', values: Int32Array.of(7, 9), classes: 10 },
    },
  });
  rmSync(folder, { recursive: true });
});
