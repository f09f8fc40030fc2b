import { type ReduceChoice, recordableModes } from '@lockstep/parallel';
import { Command } from 'commander';
import { addExamples } from '../help.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { addModeFlags, type ModeFlags, modeOf } from '../modeFlags.ts';
import { parseNumber } from '../parseNumber.ts';
import { parseReduceChoices } from '../parseReduceChoices.ts';
import { parseWorkerCounts } from '../parseWorkers.ts';
import { addEpochsFlag, addRunFlags, type RunFlags, runChanges } from '../runChanges.ts';
import { differing, type Outcome, verifyReport } from '../verify/report.ts';
import { differences, type TrainedBits } from '../verify/trainedBits.ts';
import { requireComparable, type Training, trainings } from '../verify/trainings.ts';

/** Exit code of a run whose bits depend on how it is computed. */
const different = 1;

interface VerifyFlags extends RunFlags, ModeFlags {
  readonly workers: readonly number[];
  readonly reduce: readonly ReduceChoice[];
  readonly steps?: number;
  readonly json?: true;
}

async function runTraining({ name, train }: Training, first: TrainedBits | undefined): Promise<Outcome> {
  const started = performance.now();
  const bits = await train();
  const seconds = (performance.now() - started) / 1000;
  return { name, ...bits, seconds, differs: differences(first ?? bits, bits) };
}

async function verify(file: string, flags: VerifyFlags): Promise<number> {
  const { workers, reduce, steps } = flags;
  const fixed = reduce.find((how) => how !== 'auto');
  const mode = modeOf({ ...flags, reduce: fixed ?? 'auto' });
  requireComparable(mode, workers);
  const changes = { ...runChanges(flags), ...(steps === undefined ? {} : { maxSteps: steps }) };
  const run = await loadRunFile(file, changes);
  const report = verifyReport(flags);
  report.start(run);
  const outcomes: Outcome[] = [];
  for (const training of trainings(run, { file, changes }, { workers, reduce, mode })) {
    const outcome = await runTraining(training, outcomes[0]);
    outcomes.push(outcome);
    report.outcome(outcome);
  }
  report.end(outcomes);
  return differing(outcomes).length === 0 ? 0 : different;
}

/** `lockstep verify`: trains a run in every way that has to give the same bits, and compares them. */
export function verifyCommand(setExitCode: (code: number) => void): Command {
  const command = new Command('verify')
    .description('train a run with several numbers of workers, and compare the bits')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option('--workers <list>', 'numbers of workers', parseWorkerCounts, [1, 2, 3, 8])
    .option('--steps <n>', 'end every training after so many steps (default: train to the end)', parseNumber)
    .option('--reduce <list>', 'sync: ways of combining sums over a mini-batch', parseReduceChoices, [
      'auto',
    ]);
  addModeFlags(command, {
    does: 'how the threads keep together: sync or local, as the bits of others follow from chance',
    refused: recordableModes,
  });
  addRunFlags(addEpochsFlag(command))
    .option('--json', 'print one JSON object a line')
    .action(async (file: string, flags: VerifyFlags) => setExitCode(await verify(file, flags)));
  return addExamples(command, [
    ['lockstep verify run.ts --steps 200', 'with 1, 2, 3 and 8 workers, the first 200 steps'],
    ['lockstep verify run.ts --workers 1,4 --reduce fused,tree,naive', 'every way of combining sums'],
    [
      'lockstep verify run.ts --mode local --replicas 4 --workers 1,2,3',
      'replicas: 2 and 3 workers against 1',
    ],
    ['lockstep verify run.ts --batch-size 64 --set optimizer.learningRate=0.1', 'with other options'],
  ]);
}
