import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readParquet } from '@lockstep/core/node';
import { type Format, usualBound } from '../format.ts';
import { requireRectangular } from './table.ts';

const folder = join(import.meta.dirname, '../../fixtures/parquet');
const longest = 12_000;
/** How much reading may make of a file: pages may be packed a thousandfold. */
const limits = { maxCells: 2 ** 16, maxBytes: 2 ** 22 };

export const parquet: Format = {
  name: 'Parquet',
  samples: readdirSync(folder)
    .filter((name) => name.endsWith('.parquet') && !name.startsWith('bad_'))
    .map((name) => ({ name, bytes: Uint8Array.from(readFileSync(join(folder, name))) }))
    .filter(({ bytes }) => bytes.length <= longest),
  read: async (file) => requireRectangular(await readParquet(file, limits)),
  codes: ['BAD_PARQUET', 'BAD_TABLE'],
  bound: (size) => usualBound(size) + 64 * limits.maxCells + 16 * limits.maxBytes,
};
