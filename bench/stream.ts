import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { describeMachine } from './engine/machine.ts';
import { disturbance, interleave } from './engine/rounds.ts';
import { median, spread, table, thousands } from './engine/statistics.ts';
import { columns, writeRows } from './stream/generatedRows.ts';
import { fileNames, type Place, type TrainingRequest } from './stream/network.ts';
import type { TrainingReport } from './stream/trainProcess.ts';

/** Rows that fit into memory too: 411 MB. */
const commonRows = 131_072;
const epochs = 3;
const chunk = 4096;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

async function trainOnce(request: TrainingRequest): Promise<TrainingReport> {
  const script = join(import.meta.dirname, 'stream/trainProcess.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(request)]);
  return JSON.parse(stdout);
}

/** Writes the generated rows to a folder. */
function writeFiles(folder: string, rows: number): void {
  const [x, y] = [openSync(join(folder, fileNames.x), 'w'), openSync(join(folder, fileNames.y), 'w')];
  const values = new Float32Array(chunk * columns);
  const labels = new Uint8Array(chunk);
  for (let row = 0; row < rows; row += chunk) {
    const count = Math.min(chunk, rows - row);
    writeRows(row, count, values, labels);
    writeSync(x, values.subarray(0, count * columns));
    writeSync(y, labels.subarray(0, count));
  }
  closeSync(x);
  closeSync(y);
}

/**
 * `pnpm bench stream`: streamed rows beside the same rows in memory, and a data set that is larger than the memory that it may
 * take. Markdown goes to the standard output, progress to the standard error.
 */
export async function stream(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      gigabytes: { type: 'string', default: '8' },
      workers: { type: 'string', default: '2' },
      loaders: { type: 'string', default: '1' },
      out: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-stream-'));
  try {
    const common = { epochs, workers: Number(values.workers), loaders: Number(values.loaders), folder };
    writeFiles(folder, commonRows);
    const places: readonly Place[] = ['memory', 'generated', 'files'];
    const sides = places.map((place) => ({
      name: place,
      round: (): Promise<TrainingReport> => trainOnce({ ...common, place, rows: commonRows }),
    }));
    const measured = await interleave(sides, Number(values.rounds), (line) => console.error(line));
    const hashes = new Set(measured.rounds.flat().map(({ weightsHash }) => weightsHash));
    const compared = places.map((place, at) => {
      const speeds = measured.rounds.map((round) => round[at]?.lastEpoch ?? Number.NaN);
      const ratios = measured.rounds.map((round) => (round[at]?.lastEpoch ?? 0) / (round[0]?.lastEpoch ?? 0));
      const waits = measured.rounds.map((round) => round[at]?.waitingForData ?? 0);
      return [place, thousands(median(speeds)), spread(ratios, 2), median(waits).toFixed(2)];
    });

    const rows = Math.ceil((Number(values.gigabytes) * 1e9) / (columns * 4 + 1));
    const large: string[][] = [];
    for (const place of ['generated', 'files'] as const) {
      if (place === 'files') writeFiles(folder, rows);
      console.error(`  ${rows} rows, ${place}`);
      const report = await trainOnce({ ...common, place, rows, epochs: 1 });
      const { samplesPerSecond, waitingForData, peakBytes, weightsHash } = report;
      large.push([
        place,
        thousands(samplesPerSecond),
        waitingForData.toFixed(2),
        megabytes(peakBytes),
        weightsHash.slice(7, 19),
      ]);
    }
    const text = `${[
      '# Streamed data',
      '',
      ...describeMachine().map((line) => `- ${line}`),
      `- command: \`${['pnpm bench stream', ...args].join(' ')}\``,
      '',
      `784-512-512-10, batch 128, Adam; ${values.workers} workers, ${values.loaders} loaders.`,
      '',
      `## ${commonRows} rows, in memory and streamed`,
      '',
      table(['rows', 'samples/s', 'to memory', 'waited for data, s'], compared),
      '',
      `${epochs} epochs, of which the last counts; ${hashes.size === 1 ? 'the weights hash was the same in all of them' : `**${hashes.size} different weights hashes**`}. Medians, in brackets the smallest and the largest ratio within a round. ${disturbance(measured)}.`,
      '',
      `## ${rows} rows, ${gigabytes(rows * (columns * 4 + 1))}`,
      '',
      table(['rows', 'samples/s', 'waited for data, s', 'peak resident memory', 'weights hash'], large),
      '',
      'One epoch each, in a process of its own.',
    ].join('\n')}\n`;
    console.log(text);
    if (values.out === undefined) return;
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, 'stream.md'), text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
