import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError, type Run, type TrainingEvent, type TrainingListener } from '@lockstep/core';
import { writeFileDurably } from '@lockstep/core/node';
import type { TrainOptions } from '@lockstep/parallel';
import { version } from './version.ts';

/** The folder that a run is kept in. */
export interface RunFolder {
  readonly path: string;
  /** Adds a line to `metrics.jsonl` for every event but progress. */
  readonly listener: TrainingListener;
  close(): void;
}

/** What was asked to compute the run; `start` in `metrics.jsonl` says how many workers `auto` was. */
type Compute = Pick<TrainOptions, 'workers' | 'reduce'>;

/** 2026-01-31T12:34:56.789Z as 20260131-123456. */
const timeStamp = (now: Date): string =>
  now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

/** A run as plain data: what it resolved to, and what it ran on. */
function describeRun({ task, train, validation, ...run }: Run, compute: Compute, started: Date): object {
  const { name, hyperparameters } = task.optimizer;
  const { learningRate } = run.options;
  return {
    name: run.name,
    started: started.toISOString(),
    versions: { lockstep: version(), node: process.versions.node, v8: process.versions.v8 },
    platform: `${process.platform}-${process.arch}`,
    seed: run.seed,
    epochs: run.epochs,
    maxSteps: run.maxSteps ?? null,
    batchSize: run.batchSize,
    dropLast: run.dropLast,
    shuffle: run.shuffle,
    lanes: run.lanes,
    numerics: run.numerics,
    ...compute,
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
    rows: train.rows,
    validationRows: validation?.rows ?? 0,
    fields: Object.fromEntries(
      Object.entries(train.fields).map(([field, { values: _values, ...type }]) => [field, type]),
    ),
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new LockstepError('NOT_WRITABLE', 'the folder cannot be made', {
      where: { field: '--out', file: path },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/**
 * Makes the folder of a run, with `run.json` in it.
 *
 * @param chosen - default: `runs/<name>-<time>`
 * @throws LockstepError OUT_EXISTS when the folder holds a run already; NOT_WRITABLE
 */
export function createRunFolder(run: Run, compute: Compute, chosen: string | undefined): RunFolder {
  const started = new Date();
  const path = chosen ?? join('runs', `${run.name}-${timeStamp(started)}`);
  const description = join(path, 'run.json');
  if (existsSync(description))
    throw new LockstepError('OUT_EXISTS', 'the folder holds a run already', {
      where: { field: '--out', file: path },
      hint: 'Choose another folder, or delete this one.',
    });
  makeFolder(path);
  writeFileDurably(description, `${JSON.stringify(describeRun(run, compute, started), null, 2)}\n`);
  const metrics = openSync(join(path, 'metrics.jsonl'), 'a');
  return {
    path,
    listener: (event: TrainingEvent) => {
      if (event.type !== 'step') writeSync(metrics, `${JSON.stringify(event)}\n`);
    },
    close: () => {
      fsyncSync(metrics);
      closeSync(metrics);
    },
  };
}
