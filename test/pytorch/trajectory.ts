import { lower } from '../../packages/core/src/compile/lower.ts';
import type { Program } from '../../packages/core/src/compile/program.ts';
import { fieldOf } from '../../packages/core/src/data/index.ts';
import { createInterpreter } from '../../packages/core/src/runtime/interpreter.ts';
import { residentName, rowsName } from '../../packages/core/src/train/batch.ts';
import {
  initialGraph,
  lossOutput,
  type TrainGraph,
  trainGraph,
} from '../../packages/core/src/train/graphs.ts';
import { optimizerStepValues } from '../../packages/core/src/train/optimizerUpdates.ts';
import type { Task } from '../../packages/core/src/train/task.ts';
import type { Fixture } from './fixture.ts';
import { toDataset } from './toTask.ts';

export interface Trajectory {
  /** Before each step's update. */
  readonly losses: readonly number[];
  /** Parameters at the end, by path. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** Their averages at the end, by the path of the parameter; none unless they are kept. */
  readonly averages: ReadonlyMap<string, readonly number[]>;
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

const programName = (batchSize: number): string => `train.${batchSize}`;

interface Built {
  readonly batchSize: number;
  readonly train: TrainGraph;
}

/** The training graph for every batch size that a fixture has: one, or two where the last mini-batch is short. */
function trainGraphs(task: Task, fixture: Fixture): readonly Built[] {
  const data = toDataset(fixture);
  const sizes = new Set(batchesOf(fixture).map((batch) => batch.length));
  return [...sizes].map((batchSize) => ({ batchSize, train: trainGraph(task, { data, batchSize }) }));
}

const lowered = ({ batchSize, train }: Built, steps: number): Program =>
  lower(train.graph, { name: programName(batchSize), batchSize, lanes: 1, steps });

/** The lowered training step of a task, for every batch size. */
export function trainPrograms(task: Task, fixture: Fixture): readonly Program[] {
  return trainGraphs(task, fixture).map((built) => lowered(built, 1));
}

/** Runs a task from a fixture's weights on its data, with one program for each batch size. */
export function runTrajectory(task: Task, fixture: Fixture, options: TrajectoryOptions): Trajectory {
  const { precision, steps = fixture.steps, start = (value: number): number => value } = options;
  const built = trainGraphs(task, fixture);
  const variables = built[0]?.train.variables.values() ?? [];
  const initial = lower(initialGraph(variables), { batchSize: 0, lanes: 1, steps: 1 });
  const programs = [initial, ...built.map((one) => lowered(one, steps))];
  const executor =
    precision === 'float64' ? createInterpreter(programs, { precision }) : createInterpreter(programs);

  const data = toDataset(fixture);
  for (const name of Object.keys(data.fields))
    executor.writeInput(residentName('data', name), fieldOf(data, name).values);
  executor.run('initial', 0);
  const { finalAverages = [] } = fixture;
  const averageName = (name: string): string => `average.${name}`;
  for (const { name, values } of fixture.initialWeights) {
    executor.writeVariable(name, values.map(start));
    if (finalAverages.some((average) => average.name === name))
      executor.writeVariable(averageName(name), values.map(start));
  }

  const batches = batchesOf(fixture);
  const stepValues = Object.entries(optimizerStepValues(task, fixture.steps));
  const losses = Array.from({ length: steps }, (_, step) => {
    const rows = batches[step % batches.length] ?? [];
    const program = programName(rows.length);
    executor.writeStepValue(program, rowsName, step, rows);
    for (const [name, value] of stepValues) executor.writeStepValue(program, name, step, [value(step)]);
    if (executor.run(program, step) !== 'done') throw new Error(`step ${step} diverged`);
    return executor.readResult(program, lossOutput, step)[0] ?? Number.NaN;
  });
  const weights = fixture.initialWeights.map(
    ({ name }) => [name, Array.from(executor.readVariable(name))] as const,
  );
  const averages = finalAverages.map(
    ({ name }) => [name, Array.from(executor.readVariable(averageName(name)))] as const,
  );
  return { losses, weights: new Map(weights), averages: new Map(averages) };
}
