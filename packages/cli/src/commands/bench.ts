import { availableParallelism } from 'node:os';
import type { Run } from '@lockstep/core';
import { writeFileDurably } from '@lockstep/core/node';
import type { Mode, ReduceChoice } from '@lockstep/parallel';
import { Command, Option } from 'commander';
import { addExamples } from '../help.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { addModeFlags, type ModeFlags, modeOf } from '../modeFlags.ts';
import { parsePositive, parsePositiveInteger } from '../parseNumber.ts';
import { parseWorkerCounts } from '../parseWorkers.ts';
import { reduceChoices } from '../reduceChoices.ts';
import { inMode } from '../report/describe.ts';
import { requireWritable } from '../requireWritable.ts';
import { addRunFlags, type RunFlags, runChanges } from '../runChanges.ts';
import { type Measurement, measure, measuredRun } from '../scaling/measure.ts';
import { scalingReport } from '../scaling/report.ts';
import { summariseRounds } from '../scaling/summary.ts';

interface BenchFlags extends RunFlags, ModeFlags {
  readonly workers?: readonly number[];
  readonly reduce: ReduceChoice;
  readonly seconds: number;
  readonly rounds: number;
  readonly plot?: string;
  readonly json?: true;
}

/** Powers of two below the number of cores, and all cores. */
function usualCounts(cores: number): readonly number[] {
  const counts: number[] = [];
  for (let workers = 1; workers < cores; workers *= 2) counts.push(workers);
  return [...counts, cores];
}

async function measureRound(
  run: Run,
  counts: readonly number[],
  mode: Mode,
  { seconds, reduce }: BenchFlags,
): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const workers of counts) measurements.push(await measure(run, seconds, { workers, reduce, mode }));
  return measurements;
}

async function bench(file: string, flags: BenchFlags): Promise<void> {
  const { seconds, rounds, plot } = flags;
  const mode = modeOf(flags);
  if (plot !== undefined) requireWritable('--plot', plot);
  const cores = availableParallelism();
  const run = measuredRun(await loadRunFile(file, runChanges(flags)));
  const { name, batchSize } = run;
  const report = scalingReport(flags);
  report.start({ name, mode: mode.name, batchSize, rounds, seconds, cores });
  const counted: (readonly Measurement[])[] = [];
  for (let round = 0; round <= rounds; round++) {
    const measurements = await measureRound(run, flags.workers ?? usualCounts(cores), mode, flags);
    report.round(round, measurements);
    if (round > 0) counted.push(measurements);
  }
  const rows = summariseRounds(counted, mode.name);
  report.end(rows);
  if (plot === undefined) return;
  const { scalingPlot } = await import('../scaling/plot.ts');
  writeFileDurably(
    plot,
    scalingPlot(`${name}${inMode(mode.name)}, batch ${batchSize}, ${cores} cores`, rows),
  );
}

/** `lockstep bench`: how much faster more workers train a run. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .description('measure how training gets faster with the number of workers')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option(
      '--workers <list>',
      'numbers of workers (default: 1, 2, 4, ... up to the cores)',
      parseWorkerCounts,
    )
    .addOption(
      new Option('--reduce <how>', 'sync: how the threads combine sums over a mini-batch')
        .choices(reduceChoices)
        .default('auto'),
    )
    .option('--seconds <s>', 'how long each number of workers trains in a round', parsePositive, 2)
    .option(
      '--rounds <n>',
      'rounds, each with every number of workers, after one to warm up',
      parsePositiveInteger,
      5,
    );
  addRunFlags(addModeFlags(command))
    .option('--plot <file>', 'draw the result, as SVG')
    .option('--json', 'print one JSON object a line')
    .action(bench);
  return addExamples(command, [
    ['lockstep bench run.ts', '1, 2, 4, ... workers up to the cores, in turns'],
    ['lockstep bench run.ts --workers 1,2,4 --plot scaling.svg', 'with a picture'],
    ['lockstep bench run.ts --mode stale --bound 2', 'workers that need not wait for each other'],
    ['lockstep bench run.ts --batch-size 512 --seconds 5 --rounds 7', 'longer, with a larger mini-batch'],
  ]);
}
