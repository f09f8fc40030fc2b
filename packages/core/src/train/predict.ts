import type { Dataset } from '../data/dataset.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import { openFeed } from './dataFeed.ts';
import type { Run } from './defineRun.ts';
import { evaluationBatchSize, inOrder, prepared } from './evaluate.ts';
import { predictGraph } from './graphs.ts';
import { makePass } from './makePass.ts';
import { type ComputeOptions, openEngine } from './openEngine.ts';
import { planPass, writeFields, writeRows } from './pass.ts';
import { passOrder } from './passOrder.ts';
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
  const rows = inOrder(prepared(data, run));
  const batchSizes = { source: 'data', batchSize: evaluationBatchSize, lanes: run.lanes };
  const { plan, sources } = planPass('predict', rows, batchSizes, (batchSize) =>
    predictGraph(run.task, { data: rows, batchSize }),
  );
  const engine = await openEngine(sources, options);
  const feed = openFeed(engine, plan);
  try {
    const { access } = engine;
    writeVariables(access, variables);
    writeFields(access, rows, (field) => residentName('data', field));
    writeRows(access, plan.steps, passOrder(plan));
    await makePass(engine, plan, { feed, epoch: 0 });
    const outputs = Object.entries(sources[0]?.graph.outputs ?? {});
    return Object.fromEntries(
      outputs.map(([name, { shape }]) => {
        const values = join(plan.steps.map(({ program, entry }) => access.readResult(program, name, entry)));
        return [name, { shape: [plan.rows, ...shape.slice(1)], values }];
      }),
    );
  } finally {
    await feed?.close();
    await engine.close();
  }
}
