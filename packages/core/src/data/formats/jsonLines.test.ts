import { describe, expect, it } from 'vitest';
import { parseJsonLines } from './jsonLines.ts';

describe('parseJsonLines', () => {
  it('makes a column of each field, and of what lies inside one', () => {
    const table = parseJsonLines(
      '{"a":1,"user":{"age":5,"tags":["x",true]}}\n\n{"b":null,"a":"two"}\n{"b":-0.5}',
      'x.jsonl',
    );
    expect(table).toEqual({
      file: 'x.jsonl',
      rows: 3,
      lines: [1, 3, 4],
      hasNames: true,
      columns: [
        { name: 'a', cells: [1, 'two', null] },
        { name: 'user.age', cells: [5, null, null] },
        { name: 'user.tags.0', cells: ['x', null, null] },
        { name: 'user.tags.1', cells: [true, null, null] },
        { name: 'b', cells: [null, null, -0.5] },
      ],
    });
  });

  it('takes names that objects have of themselves for names', () => {
    const table = parseJsonLines('{"__proto__":1,"constructor":2}', 'x.jsonl');
    expect(table.columns.map(({ name, cells }) => [name, ...cells])).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  const deep = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`;
  it.each([
    ['a line that is cut off', '{"a":1}\n{"a":', 'BAD_JSON', 2],
    ['a number alone', '5', 'BAD_JSON', 1],
    ['a list', '\n[1]', 'BAD_JSON', 2],
    ['a text', '"a"', 'BAD_JSON', 1],
    ['null', 'null', 'BAD_JSON', 1],
    ['NaN', '{"a":NaN}', 'BAD_JSON', 1],
    ['objects in objects in objects', `{"a":1}\n${deep}`, 'BAD_TABLE', 2],
    [
      'a field for every row',
      Array.from({ length: 70_000 }, (_, at) => `{"f${at}":1}`).join('\n'),
      'BAD_TABLE',
      4129,
    ],
    [
      'many fields that nearly no row has',
      `{${Array.from({ length: 2000 }, (_, at) => `"f${at}":1`).join()}}\n${'{}\n'.repeat(9000)}`,
      'BAD_TABLE',
      8454,
    ],
  ])('refuses %s', (_what, text, code, line) => {
    expect(() => parseJsonLines(text, 'x.jsonl')).toThrow(
      expect.objectContaining({ code, where: { file: 'x.jsonl', line } }),
    );
  });
});
