import { fit, type RunOptions, type TrainingListener } from '@lockstep/core';
import { Command } from 'commander';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { parseNumber } from '../parseNumber.ts';
import { createReporter } from '../report/index.ts';
import { createRunFolder } from '../runFolder.ts';

/** Exit code of a run that Ctrl-C ended. */
const interrupted = 130;

interface TrainFlags {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lanes?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** What the flags change of the run file. */
function overrides({ epochs, batchSize, lanes, lr, seed }: TrainFlags): Partial<RunOptions> {
  return {
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(lr === undefined ? {} : { learningRate: lr }),
    ...(seed === undefined ? {} : { seed }),
  };
}

async function train(file: string, flags: TrainFlags): Promise<number> {
  const run = await loadRunFile(file, overrides(flags));
  const folder = createRunFolder(run, flags.out);
  const reporter = createReporter(flags);
  const interrupt = abortOnInterrupt(() =>
    reporter.note('stopping after this step; Ctrl-C again to stop at once'),
  );
  const listeners: readonly TrainingListener[] = [folder.listener, reporter.listener];
  try {
    const { reason } = await fit(run, {
      signal: interrupt.signal,
      onEvent: (event) => {
        for (const listener of listeners) listener(event);
      },
    });
    return reason === 'aborted' ? interrupted : 0;
  } finally {
    interrupt.release();
    reporter.close();
    folder.close();
  }
}

/** `lockstep train`: trains a run file in this process. */
export function trainCommand(setExitCode: (code: number) => void): Command {
  return new Command('train')
    .description('train the network that a run file defines')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option('--epochs <n>', 'times that every row is used', parseNumber)
    .option('--batch-size <n>', 'rows of a mini-batch', parseNumber)
    .option('--lanes <n>', 'parts that sums over a mini-batch are made in', parseNumber)
    .option('--lr <rate>', 'learning rate, in place of the optimizer’s own', parseNumber)
    .option('--seed <n>', 'decides everything that is random', parseNumber)
    .option('--out <folder>', 'where the run is kept (default: runs/<name>-<time>)')
    .option('--json', 'print one JSON object a line')
    .option('--quiet', 'print nothing but the result')
    .action(async (file: string, flags: TrainFlags) => setExitCode(await train(file, flags)));
}
