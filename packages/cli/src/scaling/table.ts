import { count, number } from '../report/describe.ts';
import type { ScalingRow } from './summary.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const head = [
  'workers',
  'samples/s',
  'least',
  'most',
  'speed-up',
  'efficiency',
  'compute',
  'update',
  'wait',
  'wait a step',
];

function cells({
  workers,
  samplesPerSecond,
  speedUp,
  efficiency,
  shares,
  waitPerStep,
}: ScalingRow): string[] {
  return [
    count(workers),
    count(samplesPerSecond.median),
    count(samplesPerSecond.least),
    count(samplesPerSecond.most),
    speedUp.median.toFixed(2),
    percent(efficiency),
    percent(shares.compute),
    percent(shares.update),
    percent(shares.wait),
    `${number(waitPerStep)} us`,
  ];
}

/** The scaling of a run as lines of text, aligned to the right. */
export function scalingTable(rows: readonly ScalingRow[]): readonly string[] {
  const table = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
}
