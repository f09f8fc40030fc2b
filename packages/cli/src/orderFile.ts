import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { LockstepError, type Run } from '@lockstep/core';
import type { Mode } from '@lockstep/parallel';

/** What the first line of a record says. */
const format = 'lockstep.order';
const version = 1;

/** What a run has to have in common with its record. */
export interface OrderHeader {
  readonly run: string;
  readonly seed: number;
  readonly mode: Mode;
  readonly workers: number;
}

/** A record of the order in which workers read and changed the weights: a line of JSON for each row of steps. */
export interface OrderWriter {
  /** To be called first. */
  readonly begin: (header: OrderHeader) => void;
  readonly write: (order: Int32Array) => void;
  close(): void;
}

/**
 * Makes a record's file. Its lines are written as the run goes, so that of a run that went wrong there is one too.
 *
 * @throws LockstepError NOT_WRITABLE
 */
export function openOrderFile(file: string): OrderWriter {
  let opened: number;
  try {
    opened = openSync(file, 'wx');
  } catch (cause) {
    throw new LockstepError('NOT_WRITABLE', 'the record cannot be begun', {
      where: { field: '--record', file },
      got: cause instanceof Error ? cause.message : String(cause),
      hint: 'A record never takes the place of another file: choose a new name.',
      cause,
    });
  }
  const line = (value: object): void => void writeSync(opened, `${JSON.stringify(value)}\n`);
  return {
    begin: (header) => line({ format, version, ...header }),
    write: (order) => line({ order: [...order] }),
    close: () => {
      fsyncSync(opened);
      closeSync(opened);
    },
  };
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length % 2 === 0 && value.every((each) => Number.isInteger(each));

function parseLine(file: string, text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Told below, with the line.
  }
  throw new LockstepError('BAD_RECORD', 'the record has a line that is none', {
    where: { field: '--replay', file: `${file}:${number}` },
    got: text.slice(0, 40),
    hint: 'A run that was killed leaves a last line cut short: delete it to replay what is before it.',
  });
}

/**
 * Reads a record for a run that is to have its bits again.
 *
 * @throws LockstepError BAD_RECORD when the file cannot be read, is none, or is of another run
 */
export function readOrderFile(file: string, run: Run, mode: Mode): { orders: Int32Array[]; workers: number } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LockstepError('BAD_RECORD', 'the record cannot be read', {
      where: { field: '--replay', file },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const [first = '', ...rest] = text.split('\n').filter((line) => line !== '');
  const header = parseLine(file, first, 1);
  const wanted = { format, version, run: run.name, seed: run.seed, mode };
  for (const [name, value] of Object.entries(wanted))
    if (JSON.stringify(header[name]) !== JSON.stringify(value))
      throw new LockstepError('BAD_RECORD', 'the record is of another run', {
        where: { field: '--replay', file: `${file}:1` },
        got: `${name} ${JSON.stringify(header[name])}`,
        wanted: `${name} ${JSON.stringify(value)}`,
      });
  const { workers } = header;
  if (typeof workers !== 'number' || !Number.isInteger(workers) || workers < 1)
    throw new LockstepError('BAD_RECORD', 'the record does not say with how many workers it was made', {
      where: { field: '--replay', file: `${file}:1` },
      got: JSON.stringify(workers),
    });
  const orders = rest.map((line, at) => {
    const { order } = parseLine(file, line, at + 2);
    if (!isNumbers(order))
      throw new LockstepError('BAD_RECORD', 'the record has a row that is none', {
        where: { field: '--replay', file: `${file}:${at + 2}` },
        got: line.slice(0, 40),
      });
    return Int32Array.from(order);
  });
  return { orders, workers };
}
