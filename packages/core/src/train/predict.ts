import type { Dataset } from '../data/dataset.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import type { Run } from './defineRun.ts';
import { type ComputeOptions, evaluationBatchSize, prepared } from './evaluate.ts';
import { defaultExecutor, executors } from './executors.ts';
import { predictGraph } from './graphs.ts';
import { Pace } from './pace.ts';
import { planPass, writeFields, writeRows } from './pass.ts';
import { type Variables, writeVariables } from './variables.ts';

type Values = FloatArray | Int32Array;

/** One output of the model for all rows. */
export interface Prediction {
  /** [rows, ...] */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Values;
}

function join(parts: readonly Values[]): Values {
  const length = parts.reduce((total, part) => total + part.length, 0);
  const [first] = parts;
  let joined: Values = new Float32Array(length);
  if (first instanceof Float64Array) joined = new Float64Array(length);
  if (first instanceof Int32Array) joined = new Int32Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * The model's outputs for every row of a data set, by their names. A row's outputs do not depend on the other rows.
 *
 * @param data - with the fields that the model takes; its preprocessing is that of the run's training rows
 * @throws LockstepError UNKNOWN_OPTION, SHAPE_MISMATCH or DTYPE_MISMATCH when the data does not fit the model
 */
export async function predict(
  run: Run,
  variables: Variables,
  data: Dataset,
  options: ComputeOptions = {},
): Promise<Readonly<Record<string, Prediction>>> {
  const rows = prepared(data, run);
  const batchSizes = { batchSize: evaluationBatchSize, lanes: run.lanes };
  const pass = planPass('predict', rows.rows, batchSizes, (batchSize) =>
    predictGraph(run.task, { data: rows, batchSize }),
  );
  const executor = executors[options.executor ?? defaultExecutor](pass.sources, options.workers ?? 1);
  writeVariables(executor, variables);
  writeFields(executor, rows, (field) => residentName('data', field));
  writeRows(executor, pass, rows);
  const parts = new Map<string, Values[]>();
  const pace = new Pace();
  const outputs = Object.entries(pass.sources[0]?.graph.outputs ?? {});
  for (const { program, entry } of pass.steps) {
    executor.run(program, entry);
    for (const [name] of outputs)
      parts.set(name, [...(parts.get(name) ?? []), executor.readResult(program, name, entry)]);
    if (pace.due()) await pace.pause();
  }
  return Object.fromEntries(
    outputs.map(([name, { shape }]) => [
      name,
      { shape: [pass.rows, ...shape.slice(1)], values: join(parts.get(name) ?? []) },
    ]),
  );
}
