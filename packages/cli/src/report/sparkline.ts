const levels = [...'▁▂▃▄▅▆▇█'];

/** The mean of each of `width` equal parts of a list. */
function shortened(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, at) => {
    const from = Math.floor((at * values.length) / width);
    const part = values.slice(from, Math.floor(((at + 1) * values.length) / width));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/**
 * A curve in one line, from the lowest value to the highest.
 *
 * @param width - most characters; more values are averaged
 */
export function sparkline(values: readonly number[], width: number): string {
  const points = shortened(values.filter(Number.isFinite), width);
  const lowest = Math.min(...points);
  const range = Math.max(...points) - lowest;
  return points
    .map((value) => levels[range === 0 ? 0 : Math.round(((value - lowest) / range) * (levels.length - 1))])
    .join('');
}
