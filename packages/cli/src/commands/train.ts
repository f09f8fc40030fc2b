import { join } from 'node:path';
import { type Run, RunLostError, type TrainingEvent } from '@lockstep/core';
import { CheckpointFolder, type StoredCheckpoint } from '@lockstep/core/node';
import { type ReduceChoice, startTraining, type TrainResult, type Workers } from '@lockstep/parallel';
import { Command, Option } from 'commander';
import { addCheckpointFlags, type CheckpointFlags, checkpointOptions } from '../checkpointFlags.ts';
import { addExamples, addGroup } from '../help.ts';
import { abortOnInterrupt, type Interrupt } from '../interrupt.ts';
import { addOrderFlags, type KeptOrder, keepOrder, type OrderFlags } from '../keepOrder.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { addLossFlags, type LossFlags, lossOptions } from '../lossFlags.ts';
import { addModeFlags, type ModeFlags, modeOf } from '../modeFlags.ts';
import { parsePositiveInteger } from '../parseNumber.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { reduceChoices } from '../reduceChoices.ts';
import { replayWorkers } from '../replayWorkers.ts';
import { createReporter, type Reporter } from '../report/index.ts';
import { requireWritable } from '../requireWritable.ts';
import { findResumed, type ResumedRun, type ResumeFlags } from '../resumeRun.ts';
import { addEpochsFlag, addRunFlags, type RunFlags, runChanges } from '../runChanges.ts';
import { checkpointsFolder, openRunFolder, type RunFolder } from '../runFolder.ts';
import { RunSaver } from '../runSaver.ts';
import { saveRegularly } from '../saveRegularly.ts';
import { timelineCapacity, writeTimeline } from '../timelineFile.ts';

interface TrainFlags extends RunFlags, LossFlags, CheckpointFlags, ResumeFlags, ModeFlags, OrderFlags {
  readonly workers: Workers;
  readonly reduce: ReduceChoice;
  readonly timeline?: string;
  readonly histograms?: number;
  readonly json?: true;
  readonly quiet?: true;
}

/** Whether nothing is left to do of a run: it was not interrupted, and is to be as long as it is. */
function isOver({ checkpoint }: StoredCheckpoint, run: Run): boolean {
  const { done, configuration } = checkpoint;
  const isAsLong =
    configuration['epochs'] === run.epochs && configuration['maxSteps'] === (run.maxSteps ?? null);
  return done !== undefined && done.reason !== 'aborted' && isAsLong;
}

/** What a run is trained in. */
interface RunSurroundings {
  readonly folder: RunFolder;
  readonly reporter: Reporter;
  readonly interrupt: Interrupt;
  readonly order: KeptOrder;
  readonly workers: Workers;
}

/** Trains a run and saves it, from time to time and however it ends. */
async function trainAndSave(
  run: Run,
  { stored, warnings }: ResumedRun,
  flags: TrainFlags,
  { folder, reporter, interrupt, order, workers }: RunSurroundings,
): Promise<TrainResult> {
  const { reduce, timeline } = flags;
  const { checkpoint = {} } = run;
  const tell = (event: TrainingEvent): void => {
    folder.listener(event);
    reporter.listener(event);
    if (event.type === 'start') order.begin(event);
    if (event.type === 'start') for (const message of warnings) tell({ type: 'warning', message });
  };
  const checkpoints = new CheckpointFolder(join(folder.path, checkpointsFolder), checkpoint);
  const saver = new RunSaver(run, checkpoints, tell);
  const told: Run = { ...run, callbacks: [...run.callbacks, ...folder.callbacks] };
  const training = startTraining(told, {
    ...order.options,
    workers,
    reduce,
    mode: modeOf(flags),
    ...lossOptions(flags),
    ...(timeline === undefined ? {} : { timeline: { capacity: timelineCapacity } }),
    ...(stored && { resume: stored.checkpoint.state }),
    signal: AbortSignal.any([interrupt.signal, order.signal]),
    onEvent: tell,
    onSave: (state, done) => saver.save(state, done),
  });
  const saving = saveRegularly(training, checkpoint, (state) => saver.save(state));
  try {
    const result = await training.result;
    saving.check();
    order.signal.throwIfAborted();
    return result;
  } catch (error) {
    if (error instanceof RunLostError) await saver.save(error.state);
    throw error;
  } finally {
    saving.stop();
  }
}

async function runTrain(file: string, flags: TrainFlags): Promise<number> {
  const { reduce, timeline, histograms } = flags;
  if (timeline !== undefined) requireWritable('--timeline', timeline);
  const mode = modeOf(flags);
  const changes = runChanges(flags);
  const loaded = await loadRunFile(file, changes);
  const run: Run = {
    ...loaded,
    norms: loaded.options.norms ?? true,
    checkpoint: checkpointOptions(loaded, flags),
    ...(histograms === undefined ? {} : { tensorboard: { histograms } }),
  };
  const order = await keepOrder(run, mode, flags);
  const found = await findResumed(run, flags);
  const { stored } = found;
  if (stored) {
    const { requireSameRun } = await import('@lockstep/core/io');
    requireSameRun(stored.checkpoint, run);
  }
  const { epoch: epochs = 0, stepsMade: steps = 0 } = stored?.checkpoint.state.loop ?? {};
  const reporter = await createReporter(flags);
  if (stored?.checkpoint.done && isOver(stored, run)) {
    for (const message of found.warnings) reporter.listener({ type: 'warning', message });
    reporter.listener(stored.checkpoint.done);
    reporter.close();
    return 0;
  }
  const workers = replayWorkers(flags.workers, order.options.workers);
  const folder = await openRunFolder(
    run,
    { runFile: file, changes, workers, reduce, mode },
    {
      ...(found.folder !== undefined && { path: found.folder }),
      goesOn: found.goesOn,
      made: { epochs, steps },
    },
  );
  const interrupt = abortOnInterrupt(() =>
    reporter.note('stopping after this step; once more to stop at once'),
  );
  try {
    const result = await trainAndSave(run, found, flags, {
      folder,
      reporter,
      interrupt,
      order,
      workers,
    });
    if (timeline !== undefined) writeTimeline(timeline, result, run.name);
    return result.reason === 'aborted' ? interrupt.exitCode() : 0;
  } finally {
    interrupt.release();
    reporter.close();
    folder.close();
    order.close();
  }
}

/** `lockstep train`: trains a run file. */
export function trainCommand(setExitCode: (code: number) => void): Command {
  const command = new Command('train')
    .description('train the network that a run file defines')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})');
  addGroup(command, 'Workers:', (group) =>
    group
      .option('--workers <n>', 'threads that share the work, or "auto"', parseWorkers, 'auto')
      .addOption(
        new Option('--reduce <how>', 'sync: how the threads combine sums over a mini-batch; same bits')
          .choices(reduceChoices)
          .default('auto'),
      ),
  );
  addOrderFlags(addModeFlags(command));
  addCheckpointFlags(addLossFlags(addRunFlags(addEpochsFlag(command))))
    .option('--timeline <file>', 'what each thread did when, as a trace for Perfetto or chrome://tracing')
    .option(
      '--histograms <n>',
      'histograms of the weights for TensorBoard, after every so many epochs',
      parsePositiveInteger,
    )
    .option('--out <folder>', 'where the run is kept (default: runs/<name>-<time>)')
    .option(
      '--resume [path]',
      'go on from a checkpoint, or from the newest one in a run’s folder (default: that of --out, else the newest in runs)',
    )
    .option('--json', 'print one JSON object a line')
    .option('--quiet', 'print nothing but the result; warnings go to the standard error')
    .action(async (file: string, flags: TrainFlags) => setExitCode(await runTrain(file, flags)));
  return addExamples(command, [
    ['lockstep train run.ts', 'as many workers as pay; kept in runs/<name>-<time>'],
    ['lockstep train run.ts --workers 2 --epochs 5 --out runs/short', 'two threads, a short run'],
    ['lockstep train run.ts --lr 0.01 --set optimizer.beta1=0.8', 'other values than the run file’s'],
    ['lockstep train run.ts --set earlyStopping.patience=5', 'an option that the run file does not have'],
    ['lockstep train run.ts --resume', 'go on with the newest run of this name'],
    ['lockstep train run.ts --histograms 5', 'the weights over time too, for tensorboard --logdir runs'],
    ['lockstep train run.ts --mode stale --bound 2 --workers 4', 'threads that need not wait for each other'],
    ['lockstep train run.ts --json | tail -1', 'the result alone, for a script'],
  ]);
}
