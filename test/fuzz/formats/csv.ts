import { prepareTable } from '@lockstep/core';
import { readCsv, readTable } from '@lockstep/core/node';
import { type Format, sampleOfText } from '../format.ts';
import { requireRectangular } from './table.ts';

const rows = Array.from({ length: 30 }, (_, at) => at);

/** Numbers alone, such as `readCsv` takes. */
export const csv: Format = {
  name: 'CSV of numbers',
  samples: [
    sampleOfText('numbers.csv', `a,b,class\n${rows.map((at) => `${at},${at / 7},${at % 3}`).join('\n')}\n`),
    sampleOfText('bare.csv', rows.map((at) => `${at * 1e5},-1e-${at},${at % 2}`).join('\r\n')),
  ],
  read: (file) => readCsv(file, { target: -1, classes: 3 }),
  codes: ['BAD_CSV', 'NON_FINITE_DATA', 'LABEL_OUT_OF_RANGE', 'EMPTY_DATA', 'BAD_OPTION', 'DATA_MISSING'],
};

const day = (at: number): string => `2026-01-${String(1 + at).padStart(2, '0')}`;

/** All that a table can hold, read and encoded. */
export const mixedTable: Format = {
  name: 'tables',
  samples: [
    sampleOfText(
      'mixed.csv',
      `text,day,"a number",class\r\n${rows.map((at) => `"${at}, ""quoted""\n",${day(at)},${at % 5 ? at * 1e3 : ''},Straße ${at % 4}`).join('\r\n')}`,
    ),
    sampleOfText('mixed.tsv', `x\tclass\n${rows.map((at) => `${at}\t${at % 2 ? 'yes' : 'no'}`).join('\n')}`),
    sampleOfText(
      'mixed.jsonl',
      rows
        .map((at) =>
          JSON.stringify({ user: { age: at, days: [day(at), null] }, on: at % 2 === 0, class: at % 3 }),
        )
        .join('\n'),
    ),
  ],
  read: async (file) => {
    const table = await readTable(file);
    requireRectangular(table);
    prepareTable(table, { target: 'class', validation: 0.2 });
  },
  codes: [
    'BAD_CSV',
    'BAD_JSON',
    'BAD_TABLE',
    'NON_FINITE_DATA',
    'EMPTY_DATA',
    'BAD_OPTION',
    'UNKNOWN_OPTION',
    'LABEL_OUT_OF_RANGE',
  ],
};
