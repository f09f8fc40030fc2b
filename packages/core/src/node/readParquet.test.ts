import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../data/table/cell.ts';
import { LockstepError } from '../errors.ts';
import { readCsvTable } from './readCsvTable.ts';
import { type ParquetOptions, readParquet } from './readParquet.ts';
import { readTable } from './readTable.ts';

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/parquet');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, bytes: Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

async function cellsOf(
  file: string,
  options?: ParquetOptions,
): Promise<Readonly<Record<string, readonly Cell[]>>> {
  const { columns } = await readParquet(file, options);
  return Object.fromEntries(columns.map(({ name, cells }) => [name, cells]));
}

describe('readParquet', () => {
  it('reads what parquet-mr wrote as the table beside it says', async () => {
    const table = await readParquet(join(fixtures, 'delta_encoding_optional_column.parquet'));
    const wanted = readCsvTable(join(fixtures, 'delta_encoding_optional_column_expect.csv'));
    expect(table.rows).toBe(100);
    const asText = ({ name, cells }: (typeof wanted.columns)[number]): [string, string[]] => [
      name.trim(),
      cells.map((cell) => (cell === null ? '' : String(cell))),
    ];
    expect(table.columns.map(asText)).toEqual(wanted.columns.map(asText));
  });

  it('reads every simple type, packed with Snappy and not', async () => {
    const plain = await cellsOf(join(fixtures, 'alltypes_plain.parquet'));
    expect(plain['id']).toEqual([4, 5, 6, 7, 2, 3, 0, 1]);
    expect(plain['bool_col']?.slice(0, 2)).toEqual([true, false]);
    expect(plain['bigint_col']?.slice(0, 2)).toEqual([0, 10]);
    expect(plain['float_col']?.[1]).toBe(Math.fround(1.1));
    expect(plain['double_col']?.[1]).toBe(10.1);
    expect(plain['timestamp_col']?.[1]).toBe('2009-03-01T00:01:00.000Z');
    expect(await cellsOf(join(fixtures, 'alltypes_plain.snappy.parquet'))).toMatchObject({
      id: [6, 7],
      date_string_col: ['04/01/09', '04/01/09'],
    });
    const numbers = Array.from({ length: 513 }, (_, at) => at + 1);
    expect(await cellsOf(join(fixtures, 'concatenated_gzip_members.parquet'))).toEqual({ long_col: numbers });
  });

  it('makes columns of what lies in lists', async () => {
    const cells = await cellsOf(join(fixtures, 'datapage_v2.snappy.parquet'));
    expect(Object.keys(cells)).toEqual(['a', 'b', 'c', 'd', 'e.0', 'e.1', 'e.2', 'e']);
    expect(cells['e.1']).toEqual([2, null, null, 2, 2]);
  });

  it('reads the columns that are asked for', async () => {
    const file = join(fixtures, 'alltypes_plain.parquet');
    expect(Object.keys(await cellsOf(file, { columns: ['id', 'int_col'] }))).toEqual(['id', 'int_col']);
    await expect(readParquet(file, { columns: ['di'] })).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_PARQUET', got: '"di"' }),
    );
  });

  it('refuses 4 KB that unpack to 2 GB, and more values than it may read', async () => {
    await expect(readParquet(join(fixtures, 'large_string_map.brotli.parquet'))).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_PARQUET' }),
    );
    await expect(
      readParquet(join(fixtures, 'concatenated_gzip_members.parquet'), { maxCells: 500 }),
    ).rejects.toThrow(/larger than may be unpacked/);
  });

  const bad = readdirSync(fixtures).filter((name) => name.startsWith('bad_'));
  // Its dictionary has one entry, so indices of no bits are what they should be to this reader.
  const legible = 'bad_ARROW-GH-43605.parquet';
  it.each(bad.filter((name) => name !== legible))('refuses %s', async (name) => {
    await expect(readParquet(join(fixtures, name))).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_PARQUET' }),
    );
  });

  it('refuses a missing file, and whatever is cut off', async () => {
    await expect(readParquet(join(folder, 'missing.parquet'))).rejects.toThrow(
      expect.objectContaining({ code: 'DATA_MISSING' }),
    );
    const whole = new Uint8Array(readFileSync(join(fixtures, 'alltypes_plain.parquet')));
    for (let length = 0; length < whole.length; length += 41)
      await expect(readParquet(written('cut.parquet', whole.subarray(0, length)))).rejects.toThrow(
        expect.objectContaining({ code: 'BAD_PARQUET' }),
      );
  });

  it('throws nothing but its own errors, whatever byte is changed', { timeout: 60_000 }, async () => {
    const whole = new Uint8Array(readFileSync(join(fixtures, 'alltypes_plain.snappy.parquet')));
    for (let at = 0; at < whole.length; at += 3) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const outcome = await readParquet(written('changed.parquet', changed)).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(LockstepError);
    }
  });
});

describe('readTable', () => {
  const columns = [
    { name: 'age', cells: [31, null, 5.5] },
    { name: 'city', cells: ['Rome', 'Oslo', null] },
    { name: 'since', cells: ['2024-02-29T00:00:00.000Z', null, '1969-12-31T12:00:00.000Z'] },
  ] as const;

  it('reads the same table from Parquet and JSON Lines', async () => {
    const dates = columns[2].cells.map((cell) => (cell === null ? null : new Date(cell)));
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'age', data: [...columns[0].cells], type: 'DOUBLE', nullable: true },
        { name: 'city', data: [...columns[1].cells], type: 'STRING', nullable: true },
        { name: 'since', data: dates, type: 'TIMESTAMP', nullable: true },
      ],
    });
    const lines = [0, 1, 2].map((row) =>
      JSON.stringify(Object.fromEntries(columns.map(({ name, cells }) => [name, cells[row]]))),
    );
    const fromParquet = await readTable(written('a.parquet', new Uint8Array(parquet)));
    const fromLines = await readTable(written('a.jsonl', new TextEncoder().encode(lines.join('\r\n\n'))));
    expect(fromParquet).toMatchObject({ columns, rows: 3, hasNames: true });
    expect(fromLines).toMatchObject({ columns, rows: 3, lines: [1, 3, 5] });
  });

  it('reads CSV and TSV', async () => {
    const csv = await readTable(written('a.csv', new TextEncoder().encode('a,b\n1,x y\n')));
    const tsv = await readTable(written('a.TSV', new TextEncoder().encode('a\tb\n1\tx y\n')));
    expect(csv).toMatchObject({ columns: [{ cells: ['1'] }, { cells: ['x y'] }], lines: [2] });
    expect(tsv.columns).toEqual(csv.columns);
  });

  it('says which endings there are', async () => {
    await expect(readTable('people.xlsx')).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', got: '.xlsx' }),
    );
  });
});
