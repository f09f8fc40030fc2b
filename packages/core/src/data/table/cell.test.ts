import { expect, it } from 'vitest';
import { byNumberOrCodeUnit, daysOfCell, isNumeric, numberOfCell } from './cell.ts';

it('takes decimal numbers for numbers, and nothing else', () => {
  for (const cell of ['1', ' -0.5 ', '+3.', '.25', '1e-7', 4, -0]) expect(isNumeric(cell)).toBe(true);
  for (const cell of [
    '',
    '0x10',
    '1 000',
    '1,5',
    'NaN',
    'Infinity',
    '1_000',
    '½',
    '١',
    true,
    null,
    Number.NaN,
  ])
    expect(isNumeric(cell)).toBe(false);
  expect([numberOfCell('1e3'), numberOfCell(2), numberOfCell('x'), numberOfCell(true)]).toEqual([
    1000,
    2,
    Number.NaN,
    Number.NaN,
  ]);
});

it.each([
  ['1970-01-01', 0],
  ['2000-03-01', 11017],
  ['1969-12-31', -1],
  ['0001-01-01', -719162],
  ['1900-03-01', -25508],
  ['2000-02-29', 11016],
  ['2024-02-29T12:00', 19782.5],
  ['2024-02-29T12:00:00Z', 19782.5],
  ['2024-02-29 13:30:00+01:30', 19782.5],
  ['2024-02-29T06:00:00.000-0600', 19782.5],
  ['1970-01-01T00:00:43.2', 0.0005],
])('%s is day %d', (cell, days) => {
  expect(daysOfCell(cell)).toBeCloseTo(days, 12);
});

it.each([
  ['2023-02-29'],
  ['1900-02-29'],
  ['2024-04-31'],
  ['2024-13-01'],
  ['2024-00-10'],
  ['2024-01-32'],
  ['2024-1-1'],
  ['01/02/2024'],
  ['2024-01-01T25:00'],
  ['2024-01-01T10:61'],
  ['2024'],
  [20240101],
  [null],
])('%s is no date', (cell) => {
  expect(daysOfCell(cell)).toBeNaN();
});

it('orders numbers by size and texts by code unit', () => {
  expect(['b', '10', 'B', '9', 'ä', '-1'].sort(byNumberOrCodeUnit)).toEqual(['-1', '9', '10', 'B', 'b', 'ä']);
});
