import { evaluate, metrics, type Run } from '@lockstep/core';
import { threadsEngine, type Workers } from '@lockstep/parallel';
import { Command } from 'commander';
import { addExamples } from '../help.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { readRows } from '../readRows.ts';
import { count, describeEvaluation } from '../report/describe.ts';
import { openSavedRun } from '../savedRun.ts';

interface EvaluateFlags {
  readonly data?: string;
  readonly target?: string;
  readonly run?: string;
  readonly workers: Workers;
  readonly json?: true;
}

/** Classes up to which a matrix of them says something. */
const mostClasses = 50;

/** The run with a confusion matrix for each of its targets that has classes, if it measures none. */
function withConfusion(run: Run): Run {
  const { losses, metrics: measured } = run.task;
  if (Object.values(measured).some(({ metric }) => metric === metrics.confusionMatrix)) return run;
  const found = losses.flatMap(({ output, target, ignoreTarget }) => {
    const classes = run.train.fields[target]?.classes ?? 0;
    if (classes < 2 || classes > mostClasses) return [];
    const compared = { output, target, ...(ignoreTarget === undefined ? {} : { ignoreTarget }) };
    const name = losses.length === 1 ? 'confusionMatrix' : `confusionMatrix.${output}`;
    return [[name, { metric: metrics.confusionMatrix, ...compared }] as const];
  });
  return { ...run, task: { ...run.task, metrics: { ...measured, ...Object.fromEntries(found) } } };
}

async function runEvaluate(path: string, flags: EvaluateFlags): Promise<void> {
  const { run, checkpoint, file, warnings } = await openSavedRun(path, flags.run);
  for (const message of warnings) process.stderr.write(`warning: ${message}\n`);
  const { trainedVariables } = await import('@lockstep/core/io');
  const rows = flags.data === undefined ? undefined : await readRows(run, flags.data, flags.target);
  const data = rows ?? run.validation ?? run.train;
  const of = flags.data ?? (run.validation ? 'rows held out' : 'rows trained on');
  const engine = threadsEngine({ workers: flags.workers });
  const evaluation = await evaluate(withConfusion(run), trainedVariables(checkpoint), data, { engine });
  const step = checkpoint.state.loop.stepsMade;
  const output = flags.json
    ? [JSON.stringify({ type: 'evaluation', path: file, step, data: of, rows: data.rows, ...evaluation })]
    : [
        `${run.name} after step ${count(step)}, ${count(data.rows)} ${flags.data === undefined ? of : `rows of ${of}`}`,
        ...describeEvaluation(evaluation),
      ];
  process.stdout.write(`${output.join('\n')}\n`);
}

/** `lockstep evaluate`: loss and metrics of a model that is trained. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('measure a trained model: loss, metrics, and the confusion matrix of a classifier')
    .argument('<run-or-checkpoint>', 'folder of a run, or a checkpoint')
    .option('--data <file>', 'rows to measure on (default: those held out, else those trained on)')
    .option('--target <column>', 'column to compare with, in a table of numbers (default: target)')
    .option('--run <run-file>', 'run file of the model (default: the one it was trained with)')
    .option('--workers <n>', 'threads that share the work, or "auto"', parseWorkers, 'auto')
    .option('--json', 'print one JSON object')
    .action(runEvaluate);
  return addExamples(command, [
    ['lockstep evaluate runs/digits-20260131-120000', 'the newest checkpoint of a run'],
    ['lockstep evaluate model.ckpt --run run.ts --data test.csv', 'other rows, a checkpoint on its own'],
    ['lockstep evaluate runs/digits-20260131-120000 --json', 'for a script'],
  ]);
}
