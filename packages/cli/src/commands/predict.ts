import { predict } from '@lockstep/core';
import { writeFileDurably } from '@lockstep/core/node';
import { threadsEngine, type Workers } from '@lockstep/parallel';
import { Command } from 'commander';
import { addExamples } from '../help.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { csvLines, jsonLines, predictionColumns } from '../predictionTable.ts';
import { readRows } from '../readRows.ts';
import { requireWritable } from '../requireWritable.ts';
import { openSavedRun } from '../savedRun.ts';

interface PredictFlags {
  readonly input: string;
  readonly output?: string;
  readonly target?: string;
  readonly run?: string;
  readonly raw?: true;
  readonly workers: Workers;
  readonly json?: true;
}

async function runPredict(path: string, flags: PredictFlags): Promise<void> {
  const { input, output, json } = flags;
  if (output !== undefined) requireWritable('--output', output);
  const { run, checkpoint, warnings } = await openSavedRun(path, flags.run);
  for (const message of warnings) process.stderr.write(`warning: ${message}\n`);
  const { trainedVariables } = await import('@lockstep/core/io');
  const data = await readRows(run, input, flags.target);
  const engine = threadsEngine({ workers: flags.workers });
  const predictions = await predict(run, trainedVariables(checkpoint), data, { engine });
  const columns = predictionColumns(run, predictions, flags.raw === true);
  const isJson = json ?? /\.(?:jsonl|ndjson)$/i.test(output ?? '');
  const text = [...(isJson ? jsonLines(columns) : csvLines(columns))].join('');
  if (output !== undefined) {
    writeFileDurably(output, text);
    return;
  }
  process.stdout.write(text);
}

/** `lockstep predict`: what a model that is trained says of new rows. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description('predict from new rows, prepared as those that the model was trained on')
    .argument('<run-or-checkpoint>', 'folder of a run, or a checkpoint')
    .requiredOption(
      '--input <file>',
      'rows: CSV, TSV, JSON Lines, Parquet, NPZ, or a module that exports a data set',
    )
    .option('--output <file>', 'where the predictions go, .csv or .jsonl (default: standard output, as CSV)')
    .option('--target <column>', 'column of a table of numbers that is not predicted from (default: target)')
    .option('--raw', 'the outputs of the model as they are')
    .option('--run <run-file>', 'run file of the model (default: the one it was trained with)')
    .option('--workers <n>', 'threads that share the work, or "auto"', parseWorkers, 'auto')
    .option('--json', 'one JSON object a row')
    .action(runPredict);
  return addExamples(command, [
    ['lockstep predict runs/digits-20260131-120000 --input new.csv', 'CSV, to the standard output'],
    ['lockstep predict model.ckpt --run run.ts --input new.parquet --output out.jsonl', 'into a file'],
    ['lockstep predict runs/digits-20260131-120000 --input new.csv --raw', 'all outputs of the model'],
  ]);
}
