import { number } from './describe.ts';

/** The number in the largest unit of which there is at least one. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0];
  while (rest >= step && unit < units.length - 1) {
    rest /= step;
    unit += 1;
  }
  return `${number(rest)} ${units[unit] ?? ''}`.trimEnd();
}

/** 512 B, 1.5 KiB, 12.25 MiB */
export function byteSize(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB']);
}

/** 950, 34.51 k, 2.954 M, 1.2 G */
export function metricSize(value: number): string {
  return scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P']);
}
