import type { TrainingListener } from '@lockstep/core';
import { type ReduceChoice, train, type Workers } from '@lockstep/parallel';
import { Command, Option } from 'commander';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { addLossFlags, type LossFlags, lossOptions } from '../lossFlags.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { reduceChoices } from '../reduceChoices.ts';
import { createReporter } from '../report/index.ts';
import { requireWritable } from '../requireWritable.ts';
import { addEpochsFlag, addRunFlags, type RunFlags, runChanges } from '../runChanges.ts';
import { createRunFolder } from '../runFolder.ts';
import { timelineCapacity, writeTimeline } from '../timelineFile.ts';

interface TrainFlags extends RunFlags, LossFlags {
  readonly workers: Workers;
  readonly reduce: ReduceChoice;
  readonly mode: 'sync';
  readonly timeline?: string;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

async function runTrain(file: string, flags: TrainFlags): Promise<number> {
  const { workers, reduce, timeline } = flags;
  if (timeline !== undefined) requireWritable('--timeline', timeline);
  const run = await loadRunFile(file, runChanges(flags));
  const folder = createRunFolder(run, { workers, reduce }, flags.out);
  const reporter = createReporter(flags);
  const interrupt = abortOnInterrupt(() =>
    reporter.note('stopping after this step; once more to stop at once'),
  );
  const listeners: readonly TrainingListener[] = [folder.listener, reporter.listener];
  try {
    const { reason, timelines } = await train(run, {
      workers,
      reduce,
      ...lossOptions(flags),
      ...(timeline === undefined ? {} : { timeline: { capacity: timelineCapacity } }),
      signal: interrupt.signal,
      onEvent: (event) => {
        for (const listener of listeners) listener(event);
      },
    });
    if (timeline !== undefined) writeTimeline(timeline, timelines, run.name);
    return reason === 'aborted' ? interrupt.exitCode() : 0;
  } finally {
    interrupt.release();
    reporter.close();
    folder.close();
  }
}

/** `lockstep train`: trains a run file. */
export function trainCommand(setExitCode: (code: number) => void): Command {
  const command = new Command('train')
    .description('train the network that a run file defines')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option('--workers <n>', 'threads that share the work, or "auto"', parseWorkers, 'auto')
    .addOption(
      new Option('--reduce <how>', 'how the threads combine sums over a mini-batch; same bits')
        .choices(reduceChoices)
        .default('auto'),
    )
    .addOption(
      new Option('--mode <mode>', 'how the threads keep together').choices(['sync']).default('sync'),
    );
  return addLossFlags(addRunFlags(addEpochsFlag(command)))
    .option('--timeline <file>', 'what each thread did when, as a trace for Perfetto or chrome://tracing')
    .option('--out <folder>', 'where the run is kept (default: runs/<name>-<time>)')
    .option('--json', 'print one JSON object a line')
    .option('--quiet', 'print nothing but the result')
    .action(async (file: string, flags: TrainFlags) => setExitCode(await runTrain(file, flags)));
}
