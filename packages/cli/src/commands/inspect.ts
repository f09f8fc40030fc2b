import { LockstepError } from '@lockstep/core';
import { Command, Option } from 'commander';
import { addExamples } from '../help.ts';
import { inspectRunFile, type RunFileFlags } from '../inspect/inspectRunFile.ts';
import { inspectCheckpointAt, inspectRunFolder } from '../inspect/inspectSavedRun.ts';
import { subjectOf } from '../inspect/subject.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { reduceChoices } from '../reduceChoices.ts';
import { addEpochsFlag, addRunFlags } from '../runChanges.ts';

interface InspectFlags extends RunFileFlags {
  readonly json?: true;
}

/** Ends the command if a flag was given that says something of run files alone. */
function refuseRunFlags(command: Command): void {
  const given = command.options.find(
    (option) => option.long !== '--json' && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given !== undefined)
    throw new LockstepError('BAD_OPTION', 'a run that was saved is shown as it is', {
      where: { field: given.long ?? given.flags },
      hint: 'This flag is for run files: lockstep inspect run.ts.',
    });
}

async function runInspect(path: string, flags: InspectFlags, command: Command): Promise<void> {
  const print = (text: string): void => {
    process.stdout.write(text);
  };
  const subject = subjectOf(path);
  if (subject === 'run-file') return print(await inspectRunFile(path, flags));
  refuseRunFlags(command);
  if (subject === 'checkpoint') return print(await inspectCheckpointAt(path, flags.json === true));
  await inspectRunFolder(path, flags.json === true, print);
}

/** `lockstep inspect`: what a run file defines, or what a run has saved. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description(
      'show what a run file defines (layers, shapes, parameters, operations, memory, the compiled program), or what a checkpoint holds',
    )
    .argument('<run-file-or-saved-run>', 'run file, folder of a run, or checkpoint')
    .option('--program', 'print the program that a training step is compiled to')
    .option('--graph', 'print the graph that it is compiled from')
    .option('--of <name>', 'print those of another program, such as evaluate', 'train')
    .option('--workers <n>', 'threads to compile for, or "auto"', parseWorkers, 'auto')
    .addOption(
      new Option('--reduce <mode>', 'how sums over a mini-batch are combined')
        .choices(reduceChoices)
        .default('auto'),
    );
  addRunFlags(addEpochsFlag(command)).option('--json', 'print one JSON object').action(runInspect);
  return addExamples(command, [
    ['lockstep inspect run.ts', 'layers, parameters, operations, memory'],
    ['lockstep inspect run.ts --batch-size 512 --workers 8', 'would that fit?'],
    ['lockstep inspect run.ts --program --workers 2', 'phases, kernels, where each writes'],
    ['lockstep inspect run.ts --graph --of evaluate', 'the nodes of a validation step'],
    ['lockstep inspect runs/mine', 'how far a run has come, and what it has saved'],
    ['lockstep inspect runs/mine/checkpoints/step-000000090.ckpt', 'every tensor of a checkpoint'],
  ]);
}
