import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Format, sampleOfText } from './format.ts';
import { formats } from './formats/index.ts';
import { fuzz } from './fuzz.ts';

/** Of all formats together; `pnpm soak fuzz` reads 100,000. */
const inputs = 2000;

describe('broken files', () => {
  it.each(formats)('are read or refused: $format.name', async ({ format, percent }) => {
    const runs = (inputs * percent) / 100;
    const { tally } = await fuzz(format, { runs, seed: 1 });
    const read = tally.count('outcome', 'read');
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(runs);
  });

  it('are so many of each format that they make up the whole', () => {
    expect(formats.reduce((total, { percent }) => total + percent, 0)).toBe(100);
  });
});

describe('a reader', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-fuzzed-'));
    // Inputs that are found out are kept.
    vi.stubEnv('TMPDIR', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const kept: ArrayBuffer[] = [];
  const linger = (): void => {
    for (const end = performance.now() + 40; performance.now() < end; );
  };
  const refuse = (): never => {
    throw new LockstepError('BAD_CSV', 'no table');
  };

  it.each<[string, Format['read'], string]>([
    ['crashes', () => JSON.parse('{'), 'ended with SyntaxError'],
    ['throws another error than it says', refuse, 'ended with BAD_CSV'],
    ['allocates more than it may', () => kept.push(new ArrayBuffer(2 ** 28)), 'bytes of memory'],
    ['uses more memory than it may', () => Buffer.alloc(2 ** 28, 1), 'bytes of memory'],
    ['takes too long', linger, 'ms'],
  ])('is found out when it %s', async (_, read, what) => {
    const format: Format = {
      name: 'numbers',
      samples: [sampleOfText('a.txt', '1 2 3')],
      read,
      codes: ['BAD_TABLE'],
    };
    await expect(fuzz(format, { runs: 1, seed: 3, mostMilliseconds: 20 })).rejects.toThrow(what);
  });
});
