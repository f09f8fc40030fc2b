import assert from 'node:assert/strict';
import type { Table } from '@lockstep/core';

/** Every column of what a table is read as has a cell for each row. */
export function requireRectangular({ columns, rows, lines }: Table): void {
  for (const { name, cells } of columns) assert.equal(cells.length, rows, `cells of "${name}"`);
  if (lines !== undefined) assert.equal(lines.length, rows, 'lines');
}
