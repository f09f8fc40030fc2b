import { LockstepError } from '../../errors.ts';
import type { Table } from '../table/table.ts';
import { tableOfRecords } from '../table/tableOfRecords.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads JSON Lines (https://jsonlines.org): one JSON object a line, empty lines aside. See {@link tableOfRecords} for
 * the columns.
 *
 * @param file - what to call the file in messages
 * @throws LockstepError BAD_JSON, with the line, for a line that is no JSON object; BAD_TABLE
 */
export function parseJsonLines(text: string, file: string): Table {
  const lines: number[] = [];
  const records: Readonly<Record<string, unknown>>[] = [];
  let line = 0;
  // Split by hand: a file may be larger than a list of its lines should be beside their values.
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end).trim();
    start = end + 1;
    line += 1;
    if (content === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (cause) {
      throw new LockstepError('BAD_JSON', 'the line is no JSON', {
        where: { file, line },
        got: cause instanceof Error ? cause.message : content.slice(0, 40),
        cause,
      });
    }
    if (!isRecord(value))
      throw new LockstepError('BAD_JSON', 'the line is no JSON object', {
        where: { file, line },
        got: content.length > 40 ? `${content.slice(0, 40)}...` : content,
        wanted: '{ "name": value, ... }',
      });
    records.push(value);
    lines.push(line);
  }
  return tableOfRecords(records, { file, lines });
}
