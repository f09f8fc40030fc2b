import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Callback,
  LockstepError,
  type Run,
  type RunSettings,
  type TrainingEvent,
  type TrainingListener,
} from '@lockstep/core';
import { makeFolderDurably, openTensorboard, writeFileDurably } from '@lockstep/core/node';
import type { TrainOptions } from '@lockstep/parallel';
import { version } from './version.ts';

/** What a run resolved to, and what it ran on: a file in its folder, which tells that it is one. */
export const descriptionFile = 'run.json';
/** In the folder of a run. */
export const checkpointsFolder = 'checkpoints';
const metricsFile = 'metrics.jsonl';
const tensorboardFolder = 'tensorboard';

/** The folder that a run is kept in. */
export interface RunFolder {
  readonly path: string;
  /** Adds a line to `metrics.jsonl` for every event but progress, and numbers to the event file for TensorBoard. */
  readonly listener: TrainingListener;
  /** To be among those of the run. */
  readonly callbacks: readonly Callback[];
  close(): void;
}

/** What is asked for on the command line. */
export interface RunRequest extends Pick<TrainOptions, 'workers' | 'reduce' | 'mode'> {
  readonly runFile: string;
  /** Of the options of the run file, by their paths. */
  readonly changes: RunSettings;
}

/** Where a folder is, and what is in it already. */
export interface FolderChoice {
  /** Default: `runs/<name>-<time>`. */
  readonly path?: string;
  /** The run in the folder goes on. */
  readonly goesOn: boolean;
  /** Steps and epochs that are made: what comes after them is made again. */
  readonly made: { readonly steps: number; readonly epochs: number };
}

/** 2026-01-31T12:34:56.789Z as 20260131-123456. */
export const timeStamp = (now: Date): string =>
  now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

async function describe(run: Run, request: RunRequest, started: Date): Promise<object> {
  const { describePreprocessing, describeRun } = await import('@lockstep/core/io');
  const { runFile, changes, ...compute } = request;
  const { name, ...description } = describeRun(run);
  return {
    name,
    started: started.toISOString(),
    versions: { lockstep: version(), node: process.versions.node, v8: process.versions.v8 },
    platform: `${process.platform}-${process.arch}`,
    runFile: resolve(runFile),
    changes,
    ...compute,
    ...description,
    ...describePreprocessing(run),
  };
}

export function makeFolder(path: string): void {
  try {
    makeFolderDurably(path);
  } catch (cause) {
    throw new LockstepError('NOT_WRITABLE', 'the folder cannot be made', {
      where: { field: '--out', file: path },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** Lines of a run that goes on which stay true: whole ones, of what is not made again. */
function keptLines(text: string, { steps, epochs }: FolderChoice['made']): string {
  const isKept = (line: string): boolean => {
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch {
      return false;
    }
    if (typeof event !== 'object' || event === null || !('type' in event)) return false;
    if (event.type === 'epoch') return 'epoch' in event && Number(event.epoch) <= epochs;
    if (event.type === 'checkpoint' || event.type === 'norms')
      return 'step' in event && Number(event.step) <= steps;
    return event.type !== 'done';
  };
  return text
    .split('\n')
    .filter(isKept)
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * Makes the folder of a run, with `run.json` in it, or opens it again.
 *
 * @throws LockstepError OUT_EXISTS when the folder holds a run that does not go on; NOT_WRITABLE
 */
export async function openRunFolder(run: Run, request: RunRequest, choice: FolderChoice): Promise<RunFolder> {
  const started = new Date();
  const path = choice.path ?? join('runs', `${run.name}-${timeStamp(started)}`);
  const description = join(path, descriptionFile);
  if (!choice.goesOn && existsSync(description))
    throw new LockstepError('OUT_EXISTS', 'the folder holds a run already', {
      where: { field: '--out', file: path },
      hint: 'Go on with it by --resume, choose another folder, or delete this one.',
    });
  makeFolder(path);
  const file = join(path, metricsFile);
  if (existsSync(file)) writeFileDurably(file, keptLines(readFileSync(file, 'utf8'), choice.made));
  const described = await describe(run, request, started);
  const metrics = openSync(file, 'a');
  // After the other: the folder is synced with both names in it.
  writeFileDurably(description, `${JSON.stringify(described, null, 2)}\n`);
  const tensorboard = await openTensorboard(run, join(path, tensorboardFolder));
  return {
    path,
    callbacks: tensorboard.callbacks,
    listener: (event: TrainingEvent) => {
      tensorboard.listener(event);
      if (event.type !== 'step') writeSync(metrics, `${JSON.stringify(event)}\n`);
    },
    close: () => {
      tensorboard.close();
      fsyncSync(metrics);
      closeSync(metrics);
    },
  };
}
