import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Executor, FloatArray } from '../../runtime/executor.ts';
import { compileRun } from '../compileRun.ts';
import type { Run } from '../defineRun.ts';
import { runEvaluation } from '../evaluate.ts';
import type { ExecutorFactory } from '../executors.ts';
import { lossOutput } from '../graphs.ts';
import type { Group } from '../group.ts';
import { Pace } from '../pace.ts';
import type { PassStep } from '../pass.ts';
import { runEpoch } from '../runEpoch.ts';
import { StepTables } from '../stepTables.ts';
import { readVariables } from '../variables.ts';
import { optimizerHash, weightsHash } from '../weightsHash.ts';

/** All bits that a run has left after so many steps. */
export interface TrainedBits {
  readonly step: number;
  /** The weights hash. */
  readonly weights: string;
  /** Hash of the optimizer's state. */
  readonly optimizer: string;
  /** Hash of loss, metrics, validation loss and metrics of every epoch before, and of the losses of the steps since. */
  readonly history: string;
}

const lossOf =
  (executor: Executor<FloatArray>) =>
  ({ program, entry }: PassStep): number | undefined =>
    executor.readResult(program, lossOutput, entry)[0];

/**
 * Trains a run with an executor as `fit` does.
 *
 * @param marks - numbers of steps, going up, after which the bits are taken; the last ends the training
 */
export async function trainedBits(
  run: Run,
  factory: ExecutorFactory,
  workers: number,
  marks: readonly number[],
): Promise<readonly TrainedBits[]> {
  const compiled = compileRun(run, factory, workers);
  const { executor, training, validation } = compiled;
  const tables = new StepTables(compiled);
  const pace = new Pace();
  const taken: TrainedBits[] = [];
  const epochs: unknown[] = [];
  const take = (step: number, losses: readonly unknown[]): void => {
    const variables = readVariables(executor, compiled.variables);
    taken.push({
      step,
      weights: weightsHash(variables.values()),
      optimizer: optimizerHash(variables.values()),
      // JSON writes the shortest text that reads back as the same float64.
      history: `sha256:${bytesToHex(sha256(utf8ToBytes(JSON.stringify([epochs, losses]))))}`,
    });
  };
  for (let epoch = 0; epoch < run.epochs && taken.length < marks.length; epoch += 1) {
    const before = epoch * training.steps.length;
    let made = 0;
    const atMark = (): boolean => before + made === marks[taken.length];
    const group: Group = {
      rank: 0,
      size: 1,
      barrier: () => {
        if (atMark()) take(before + made, training.steps.slice(0, made).map(lossOf(executor)));
        if (taken.length === marks.length) return 'stop';
        made += 1;
        return 'continue';
      },
    };
    const { stopped, loss, metrics } = await runEpoch(compiled, tables, group, epoch, pace, () => {});
    if (stopped) break;
    const judged = validation && (await runEvaluation(executor, validation, run.task, pace));
    epochs.push([loss, metrics, judged?.loss, judged?.metrics]);
    if (atMark()) take(before + made, []);
  }
  return taken;
}
