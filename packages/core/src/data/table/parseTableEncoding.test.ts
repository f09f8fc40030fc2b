import { describe, expect, it } from 'vitest';
import { parseTableEncoding } from './parseTableEncoding.ts';
import { prepareTable } from './prepareTable.ts';
import { encodeTable } from './tableEncoding.ts';
import { tableOfRecords } from './tableOfRecords.ts';

describe('an encoding', () => {
  const table = tableOfRecords([
    { age: 31, city: 'Rome', since: '2020-01-01', tag: 'a', y: 1.5 },
    { age: null, city: 'Oslo', since: '2021-06-30', tag: 'b', y: 2.5 },
    { age: 7, city: 'Bonn', since: '2022-01-01', tag: 'a', y: 0.5 },
  ]);
  const options = { target: 'y', columns: { tag: { as: 'ids' }, age: { missing: 'mean' } } } as const;
  const { data, encoding } = prepareTable(table, options);

  it('is plain data: it encodes the same after JSON', () => {
    const again = encodeTable(table, parseTableEncoding(JSON.parse(JSON.stringify(encoding))));
    expect(again.fields).toEqual(data.train.fields);
    expect(again.encoding).toEqual(data.train.encoding);
    const { target } = prepareTable(table, { target: 'city' }).encoding;
    expect(parseTableEncoding({ ...encoding, target }).target).toEqual(target);
  });

  const [age] = encoding.columns;
  it.each([
    ['no object', []],
    ['another version', { ...encoding, version: 2 }],
    ['no columns', { ...encoding, columns: undefined }],
    ['a column twice', { ...encoding, columns: [age, age] }],
    ['a column without a name', { ...encoding, columns: [{ encoding: age?.encoding }] }],
    [
      'an unknown kind',
      { ...encoding, columns: [{ ...age, encoding: { ...age?.encoding, kind: 'toString' } }] },
    ],
    ['no number', { ...encoding, columns: [{ ...age, encoding: { ...age?.encoding, scale: '1' } }] }],
    [
      'categories that are no texts',
      {
        ...encoding,
        columns: [{ column: 'c', encoding: { kind: 'ids', categories: [1], unknown: 'ignore' } }],
      },
    ],
    ['a target of no kind', { ...encoding, target: { kind: 'rank', column: 'y' } }],
    ['a target that cannot be undone', { ...encoding, target: { ...encoding.target, scale: 0 } }],
  ])('from a file that is %s is refused', (_what, value) => {
    expect(() => parseTableEncoding(value)).toThrow(expect.objectContaining({ code: 'BAD_TABLE' }));
  });
});
