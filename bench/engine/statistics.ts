/** Median of the values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** `1.23 [1.20, 1.25]`: median, smallest and largest. */
export function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} [${least.toFixed(digits)}, ${most.toFixed(digits)}]`;
}

/** Samples a second, as people read them: 253,000. */
export function thousands(value: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)) - 2);
  return (Math.round(value / 10 ** digits) * 10 ** digits).toLocaleString('en-US');
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
