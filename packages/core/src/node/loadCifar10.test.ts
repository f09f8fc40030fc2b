import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCifar10 } from './loadCifar10.ts';

it('puts the five files to train on together, in their order', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-cifar-'));
  const row = (label: number): Uint8Array => Uint8Array.of(label, ...new Uint8Array(3072).fill(10 * label));
  for (const batch of [1, 2, 3, 4, 5]) writeFileSync(join(folder, `data_batch_${batch}.bin`), row(batch));
  expect(() => loadCifar10(folder)).toThrow(
    expect.objectContaining({ code: 'DATA_MISSING', where: { file: join(folder, 'test_batch.bin') } }),
  );
  writeFileSync(join(folder, 'test_batch.bin'), row(9));
  const { train, test } = loadCifar10(folder);
  expect([train.rows, test.rows]).toEqual([5, 1]);
  expect([...(train.fields['label']?.values ?? [])]).toEqual([1, 2, 3, 4, 5]);
  expect(train.fields['label']).toMatchObject({ classes: 10, classNames: expect.arrayContaining(['ship']) });
  const { shape, values } = train.fields['image']!;
  expect(shape).toEqual([32, 32, 3]);
  expect([...new Set(values.subarray(2 * 3072, 3 * 3072))]).toEqual([30]);
  rmSync(folder, { recursive: true });
});
