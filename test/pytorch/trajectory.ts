import { lower } from '../../packages/core/src/compile/lower.ts';
import { fieldOf } from '../../packages/core/src/data/index.ts';
import { createInterpreter } from '../../packages/core/src/runtime/interpreter.ts';
import { residentName, rowsName } from '../../packages/core/src/train/batch.ts';
import {
  initialGraph,
  lossOutput,
  optimizerStepValues,
  trainGraph,
} from '../../packages/core/src/train/graphs.ts';
import type { Task } from '../../packages/core/src/train/task.ts';
import type { Fixture } from './fixture.ts';
import { toDataset } from './toTask.ts';

export interface Trajectory {
  /** Before each step's update. */
  readonly losses: readonly number[];
  /** Parameters at the end, by path. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
}

export interface TrajectoryOptions {
  readonly precision: 'float32' | 'float64';
  readonly steps?: number;
  /** Replaces an initial weight. */
  readonly start?: (value: number) => number;
}

/** Rows of every step's mini-batch: in order, the last of an epoch short where the batch size does not divide. */
function batchesOf({ rows, batchSize }: Fixture): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(rows / batchSize) }, (_, batch) =>
    Array.from(
      { length: Math.min(batchSize, rows - batch * batchSize) },
      (_, row) => batch * batchSize + row,
    ),
  );
}

/** Runs a task from a fixture's weights on its data, with one program for each batch size. */
export function runTrajectory(task: Task, fixture: Fixture, options: TrajectoryOptions): Trajectory {
  const { precision, steps = fixture.steps, start = (value: number): number => value } = options;
  const data = toDataset(fixture);
  const batches = batchesOf(fixture);
  const sizes = [...new Set(batches.map((batch) => batch.length))];
  const nameOf = (size: number): string => `train.${size}`;
  const built = sizes.map((batchSize) => trainGraph(task, { data, batchSize }));
  const programs = built.map(({ graph }, at) => {
    const batchSize = sizes[at] ?? 0;
    return lower(graph, { name: nameOf(batchSize), batchSize, lanes: 1, steps });
  });
  const initial = lower(initialGraph(built[0]?.variables.values() ?? []), {
    batchSize: 0,
    lanes: 1,
    steps: 1,
  });
  const all = [initial, ...programs];
  const executor = precision === 'float64' ? createInterpreter(all, { precision }) : createInterpreter(all);

  for (const name of Object.keys(data.fields))
    executor.writeInput(residentName('data', name), fieldOf(data, name).values);
  executor.run('initial', 0);
  for (const { name, values } of fixture.initialWeights) executor.writeVariable(name, values.map(start));

  const stepValues = Object.entries(optimizerStepValues(task.optimizer, fixture.steps));
  const losses = Array.from({ length: steps }, (_, step) => {
    const rows = batches[step % batches.length] ?? [];
    const program = nameOf(rows.length);
    executor.writeStepValue(program, rowsName, step, rows);
    for (const [name, value] of stepValues) executor.writeStepValue(program, name, step, [value(step)]);
    if (executor.run(program, step) !== 'done') throw new Error(`step ${step} diverged`);
    return executor.readResult(program, lossOutput, step)[0] ?? Number.NaN;
  });
  const weights = new Map(
    fixture.initialWeights.map(({ name }) => [name, Array.from(executor.readVariable(name))] as const),
  );
  return { losses, weights };
}
