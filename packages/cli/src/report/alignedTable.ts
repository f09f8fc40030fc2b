/**
 * Rows of cells as lines of text, two spaces between columns.
 *
 * @param left - numbers of the columns that are aligned to the left; all others are to the right
 */
export function alignedTable(
  rows: readonly (readonly string[])[],
  left: readonly number[] = [],
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
