import { findLearningRate, type LearningRateFinding, type LearningRatePoint } from '@lockstep/core';
import { threadsEngine, type Workers } from '@lockstep/parallel';
import { Command } from 'commander';
import { addExamples } from '../help.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { parsePositive, parsePositiveInteger } from '../parseNumber.ts';
import { parseWorkers } from '../parseWorkers.ts';
import { number } from '../report/describe.ts';
import { addBatchFlags, type RunFlags, runChanges } from '../runChanges.ts';

interface FindLrFlags extends RunFlags {
  readonly workers: Workers;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly json?: true;
}

/** Lines of a table, at most. */
const mostLines = 20;

/** Points evenly among all of them, the last one too. */
function some(points: readonly LearningRatePoint[]): readonly LearningRatePoint[] {
  const apart = Math.ceil(points.length / mostLines);
  return points.filter((_, at) => (points.length - 1 - at) % apart === 0);
}

function lines({ suggestion, lowest, points }: LearningRateFinding): readonly string[] {
  const table = some(points).map(
    ({ learningRate, loss, smoothed }) =>
      `lr ${number(learningRate).padEnd(12)} loss ${number(loss).padEnd(12)} smoothed ${number(smoothed)}`,
  );
  if (suggestion === undefined || lowest === undefined)
    return [...table, 'the loss never fell: try other rates with --from and --to'];
  return [
    ...table,
    `the loss falls fastest at ${number(suggestion)}, and is lowest at ${number(lowest)}`,
    `suggestion: --lr ${number(suggestion)}`,
  ];
}

async function findLr(file: string, flags: FindLrFlags): Promise<void> {
  const { workers, from, to, steps, json } = flags;
  const run = await loadRunFile(file, runChanges(flags));
  const finding = await findLearningRate(run, { from, to, steps, engine: threadsEngine({ workers }) });
  const output = json ? [JSON.stringify({ type: 'learningRate', ...finding })] : lines(finding);
  process.stdout.write(`${output.join('\n')}\n`);
}

/** `lockstep find-lr`: tries learning rates on a copy of a run. */
export function findLrCommand(): Command {
  const command = new Command('find-lr')
    .description('try growing learning rates on a copy of a run, and suggest one')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option('--workers <n>', 'threads that share the work, or "auto"', parseWorkers, 'auto')
    .option('--from <rate>', 'learning rate of the first step', parsePositive, 1e-7)
    .option('--to <rate>', 'learning rate of the last step', parsePositive, 10)
    .option('--steps <n>', 'steps to make', parsePositiveInteger, 100);
  addBatchFlags(command).option('--json', 'print one JSON object').action(findLr);
  return addExamples(command, [
    ['lockstep find-lr run.ts', 'a hundred steps, from 1e-7 to 10'],
    ['lockstep find-lr run.ts --from 1e-4 --to 1 --steps 300', 'where it is interesting, and slower'],
  ]);
}
