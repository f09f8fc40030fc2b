import type { ModeName } from '@lockstep/parallel';
import { count, inMode, plural } from '../report/describe.ts';
import type { Measurement } from './measure.ts';
import type { ScalingRow } from './summary.ts';
import { scalingTable } from './table.ts';

/** What is measured, and where. */
export interface ScalingSetup {
  readonly name: string;
  readonly mode: ModeName;
  readonly batchSize: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Cores that this process may use. */
  readonly cores: number;
}

/** Shows a scaling benchmark. */
export interface ScalingReport {
  start(setup: ScalingSetup): void;
  /** @param round - counted from 1; 0 is the one to warm up, which does not count */
  round(round: number, measurements: readonly Measurement[]): void;
  end(rows: readonly ScalingRow[]): void;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const lines: ScalingReport = {
  start: ({ name, mode, batchSize, rounds, seconds, cores }) =>
    print(
      `${name}${inMode(mode)}: batch ${batchSize}, ${plural(rounds, 'round')} of ${seconds} s for each number of workers, on ${plural(cores, 'core')}`,
    ),
  round: (round, measurements) => {
    const rates = measurements.map(({ samplesPerSecond }) => count(samplesPerSecond)).join(', ');
    print(`${round === 0 ? 'warm-up' : `round ${round}`}: ${rates} samples/s`);
  },
  end: (rows) => {
    for (const line of scalingTable(rows)) print(line);
  },
};

const json: ScalingReport = {
  start: (setup) => print(JSON.stringify({ type: 'setup', ...setup })),
  round: (round, measurements) => print(JSON.stringify({ type: 'round', round, measurements })),
  end: (rows) => print(JSON.stringify({ type: 'scaling', rows })),
};

/** The report for the flags. */
export function scalingReport(flags: { readonly json?: true }): ScalingReport {
  return flags.json ? json : lines;
}
