import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CsvOptions, readCsv } from './readCsv.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string | Uint8Array, options: CsvOptions, name = 'table.csv') {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readCsv(file, options);
}

describe('readCsv', () => {
  it('takes the target by name and every other column as a feature', () => {
    const data = read('a,"price, total",b\n1,10,2\n\n3,2e1,-.5\n', { target: 'price, total' });
    expect(data.rows).toBe(2);
    expect(data.fields).toEqual({
      features: { shape: [2], dtype: 'float32', values: Float32Array.of(1, 2, 3, -0.5) },
      target: { shape: [1], dtype: 'float32', values: Float32Array.of(10, 20) },
    });
  });

  it('reads a table without a header, Windows lines, a byte order mark, tabs, and gzip', () => {
    const options: CsvOptions = { target: -1, features: [1, 0], classes: 3, delimiter: '\t' };
    const data = read(gzipSync('\uFEFF1\t2\t0\r\n3\t4\t2\r\n'), options, 'table.csv.gz');
    expect(data.fields).toEqual({
      features: { shape: [2], dtype: 'float32', values: Float32Array.of(2, 1, 4, 3) },
      target: { shape: [], dtype: 'int32', values: Int32Array.of(0, 2), classes: 3 },
    });
  });

  it('names classes as given, or as found in sorted order', () => {
    const text = 'x,kind\n1,dog\n2,cat\n3,dog\n';
    expect(read(text, { target: 'kind', classes: 'infer' }).fields['target']).toMatchObject({
      values: Int32Array.of(1, 0, 1),
      classNames: ['cat', 'dog'],
    });
    expect(read(text, { target: 'kind', classes: ['dog', 'cat', 'cow'] }).fields['target']).toMatchObject({
      values: Int32Array.of(0, 1, 0),
      classes: 3,
    });
    expect(read('1,10\n2,9\n3,9\n', { target: 1, classes: 'infer' }).fields['target']).toMatchObject({
      values: Int32Array.of(1, 0, 0),
      classNames: ['9', '10'],
    });
  });

  const options: CsvOptions = { target: 'y' };
  it.each([
    ['another number of cells', 'x,y\n1,2\n3\n', options, 'BAD_CSV', 3],
    ['a broken quote', 'x,y\n1,"2\n', options, 'BAD_CSV', undefined],
    ['text for a number', 'x,y\n1,2\n3,four\n', options, 'BAD_CSV', 3],
    ['an empty cell', 'x,y\n1,2\n,4\n', options, 'BAD_CSV', 3],
    ['a hexadecimal number', 'x,y\n0x10,2\n', options, 'BAD_CSV', 2],
    ['NaN', 'x,y\n\n1,2\nNaN,4\n', options, 'NON_FINITE_DATA', 4],
    ['an infinity', 'x,y\n1,-inf\n', options, 'NON_FINITE_DATA', 2],
    ['a number that float32 cannot hold', 'x,y\n1e39,2\n', options, 'NON_FINITE_DATA', 2],
    ['a label too large', 'x,y\n1,0\n1,2\n', { target: 'y', classes: 2 }, 'LABEL_OUT_OF_RANGE', 3],
    ['a label that is no integer', 'x,y\n1,0.5\n', { target: 'y', classes: 2 }, 'LABEL_OUT_OF_RANGE', 2],
    ['a label that is no number', 'x,y\n1,dog\n', { target: 'y', classes: 2 }, 'BAD_CSV', 2],
    [
      'a class that is not listed',
      'x,y\n1,cow\n',
      { target: 'y', classes: ['dog'] },
      'LABEL_OUT_OF_RANGE',
      2,
    ],
    ['an empty file', '', options, 'EMPTY_DATA', undefined],
    ['a header alone', 'x,y\n', options, 'EMPTY_DATA', undefined],
    ['a column that is not there', 'x,y\n1,2\n', { target: 'z' }, 'BAD_OPTION', undefined],
    ['a position that is not there', 'x,y\n1,2\n', { target: 2 }, 'BAD_OPTION', undefined],
    ['an unknown feature', 'x,y\n1,2\n', { target: 'y', features: ['w'] }, 'BAD_OPTION', undefined],
  ] as const)('refuses %s', (_what, text, given, code, line) => {
    expect(() => read(text, given)).toThrow(
      expect.objectContaining({
        code,
        where: expect.objectContaining({
          file: join(folder, 'table.csv'),
          ...(line === undefined ? {} : { line }),
        }),
      }),
    );
  });

  it('names the column beside the line', () => {
    expect(() => read('x,y\n1,2\n3,four\n', options)).toThrow(
      /column 2 \(y\) is not a number \(in .*table\.csv:3\): got "four", wanted a number/,
    );
  });

  it('refuses a file that is missing, and one that is no gzip', () => {
    expect(() => readCsv(join(folder, 'missing.csv'), options)).toThrow(
      expect.objectContaining({ code: 'DATA_MISSING', got: 'ENOENT' }),
    );
    expect(() => read('x,y\n', options, 'plain.csv.gz')).toThrow(
      expect.objectContaining({ code: 'BAD_GZIP' }),
    );
    expect(() => read(gzipSync('x,y\n1,2\n').subarray(0, 20), options, 'cut.csv.gz')).toThrow(
      expect.objectContaining({ code: 'BAD_GZIP' }),
    );
  });
});
