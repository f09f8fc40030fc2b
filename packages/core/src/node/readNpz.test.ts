import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockstepError } from '../errors.ts';
import { readNpy, writeNpy } from './readNpy.ts';
import { readNpz } from './readNpz.ts';

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/numpy');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-npz-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, bytes: Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

describe('readNpz', () => {
  it.each(['stored.npz', 'deflated.npz'])('reads the arrays of %s', async (name) => {
    expect(await readNpz(join(fixtures, name))).toEqual({
      image: { shape: [3, 2, 2], dtype: 'uint8', values: Uint8Array.from({ length: 12 }, (_, at) => at) },
      label: { shape: [3], dtype: 'int32', values: Int32Array.of(2, 0, 1) },
    });
  });

  it('reads the arrays that are asked for', async () => {
    expect(Object.keys(await readNpz(join(fixtures, 'stored.npz'), { arrays: ['label'] }))).toEqual([
      'label',
    ]);
    await expect(readNpz(join(fixtures, 'stored.npz'), { arrays: ['labels'] })).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_NPZ', got: '"labels"' }),
    );
  });

  it('refuses to unpack more than it may', async () => {
    await expect(readNpz(join(fixtures, 'deflated.npz'), { maxBytes: 200 })).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_NPZ', got: 'more than 200 bytes' }),
    );
  });

  it('refuses a missing file, an empty one, and a zip file of something else', async () => {
    await expect(readNpz(join(folder, 'missing.npz'))).rejects.toThrow(
      expect.objectContaining({ code: 'DATA_MISSING', got: 'ENOENT' }),
    );
    await expect(readNpz(written('empty.npz', new Uint8Array()))).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_NPZ' }),
    );
    const renamed = Buffer.from(
      readFileSync(join(fixtures, 'stored.npz'), 'latin1').replaceAll('label.npy', 'label.txt'),
      'latin1',
    );
    await expect(readNpz(written('other.npz', renamed))).rejects.toThrow(/something else than arrays/);
  });

  it('refuses every file that is cut off or has a changed byte of data', async () => {
    const whole = new Uint8Array(readFileSync(join(fixtures, 'deflated.npz')));
    for (let length = 0; length < whole.length; length += 7)
      await expect(readNpz(written('cut.npz', whole.subarray(0, length)))).rejects.toThrow(LockstepError);
    const deflated = 30 + 'image.npy'.length + 20;
    for (let at = deflated + 5; at < deflated + 60; at += 11) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      await expect(readNpz(written('changed.npz', changed))).rejects.toThrow(LockstepError);
    }
  });
});

it('writeNpy writes what readNpy reads', () => {
  const file = join(folder, 'x.npy');
  const tensor = {
    shape: [2, 3],
    dtype: 'float32',
    values: Float32Array.of(1, 2, 3, -4, 0.1, 1e30),
  } as const;
  writeNpy(file, tensor);
  expect(readNpy(file)).toEqual(tensor);
});
