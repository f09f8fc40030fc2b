import type { Run } from '../train/defineRun.ts';
import type { RunDescription } from './checkpoint.ts';

/** What JSON makes of an object: functions and what is absent go, and numbers that are not finite are null. */
function plain(object: object): RunDescription {
  return JSON.parse(JSON.stringify(object));
}

/** A run as plain data: what its options resolved to. */
export function describeRun({ task, train, validation, ...run }: Run): RunDescription {
  const { name, hyperparameters } = task.optimizer;
  const { learningRate } = run.options;
  return plain({
    name: run.name,
    seed: run.seed,
    epochs: run.epochs,
    maxSteps: run.maxSteps ?? null,
    batchSize: run.batchSize,
    dropLast: run.dropLast,
    shuffle: run.shuffle,
    lanes: run.lanes,
    microBatch: run.microBatch ?? null,
    numerics: run.numerics,
    optimizer: { name, ...hyperparameters },
    learningRate: typeof learningRate === 'function' ? 'a schedule' : (learningRate ?? null),
    parameterGroups: (task.groups ?? []).map(
      ({ match, optimizer: { name: own, hyperparameters: theirs } }) => ({
        match,
        optimizer: { name: own, ...theirs },
      }),
    ),
    frozen: task.frozen ?? [],
    weightAverage: task.weightAverage ?? null,
    l2: task.l2 ?? 0,
    clipNorm: task.clipping?.globalNorm ?? null,
    losses: task.losses.map(({ loss, output, target, weight = 1, ...rows }) => ({
      loss: loss.name,
      output,
      target,
      weight,
      ...rows,
    })),
    metrics: Object.keys(task.metrics),
    earlyStopping: run.earlyStopping ?? null,
    convergence: run.convergence ?? null,
    reduceOnPlateau: run.reduceOnPlateau ?? null,
    checkpoint: run.checkpoint ?? null,
    rows: train.rows,
    validationRows: validation?.rows ?? 0,
    fields: Object.fromEntries(
      Object.entries(train.fields).map(([field, { shape, dtype, classes }]) => [
        field,
        { shape, dtype, ...(classes === undefined ? {} : { classes }) },
      ]),
    ),
  });
}

/** How data is prepared for the model of a run: what was learnt from its training rows. */
export function describePreprocessing({ train }: Run): RunDescription {
  return plain({
    fields: Object.fromEntries(
      Object.entries(train.fields).map(([name, { values: _values, ...field }]) => [name, field]),
    ),
    ...(train.encoding === undefined ? {} : { encoding: train.encoding }),
  });
}
