import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { LockstepError, numericsVersion, type Run } from '@lockstep/core';
import type { RunDescription } from '@lockstep/core/io';
import type { Mode } from '@lockstep/parallel';

/** What the first line of a record says. */
const format = 'lockstep.order';
const version = 2;

/** What a record is of. */
export interface OrderHeader {
  readonly run: string;
  readonly mode: Mode;
  readonly workers: number;
  /** What the run resolved to: `describeRun`. */
  readonly configuration: RunDescription;
}

/** A record of the order in which workers read and changed the weights: a line of JSON for each row of steps. */
export interface OrderWriter {
  /** Makes the file. To be called first. @throws LockstepError NOT_WRITABLE */
  readonly begin: (header: OrderHeader) => void;
  /** @throws LockstepError NOT_WRITABLE */
  readonly write: (order: Int32Array) => void;
  close(): void;
}

/** Does something to a record's file, and says what is lost and what to do if that fails. */
function writing<T>(file: string, what: string, hint: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new LockstepError('NOT_WRITABLE', what, {
      where: { field: '--record', file },
      got: cause instanceof Error ? cause.message : String(cause),
      hint,
      cause,
    });
  }
}

/**
 * A record's file. Its lines are written as the run goes, so that of a run that went wrong there is one too. Whether it can be
 * made is tried out at once; it is there from when the run starts, so that one that never does leaves none.
 *
 * @throws LockstepError NOT_WRITABLE
 */
export function openOrderFile(file: string): OrderWriter {
  const make = (): number =>
    writing(
      file,
      'the record cannot be begun',
      'A record never takes the place of another file: choose a new name, in a folder that there is.',
      () => openSync(file, 'wx'),
    );
  closeSync(make());
  rmSync(file);
  let opened: number | undefined;
  const line = (value: object): void =>
    writing(
      file,
      'the record cannot be gone on with',
      'What it has can be replayed; the run goes on from its last checkpoint with --resume.',
      () => {
        if (opened !== undefined) writeFileSync(opened, `${JSON.stringify(value)}\n`);
      },
    );
  return {
    begin: (header) => {
      opened = make();
      line({ format, version, numericsVersion, ...header });
    },
    write: (order) => line({ order: [...order] }),
    close: () => {
      if (opened === undefined) return;
      fsyncSync(opened);
      closeSync(opened);
      opened = undefined;
    },
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Pairs of integers that fit into 32 bits. */
const isOrder = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length % 2 === 0 && value.every((each) => (each | 0) === each);

/** @param place - of what is wrong: the file, and the line */
function refuse(place: string, what: string, got: string, hint: string, wanted?: string): never {
  throw new LockstepError('BAD_RECORD', what, {
    where: { field: '--replay', file: place },
    got,
    ...(wanted !== undefined && { wanted }),
    hint,
  });
}

const whole = 'Give a file that --record has made, as it was made.';

function parseLine(file: string, text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { ...value };
  } catch {
    // Told below, with the line.
  }
  return refuse(
    `${file}:${number}`,
    'the record has a line that is none',
    text.slice(0, 40),
    'A run that was killed leaves a last line cut short: delete it to replay what is before it.',
  );
}

/** Refuses a record unless it is of this run, in this mode; how many workers it is of. */
async function readHeader(
  header: Readonly<Record<string, unknown>>,
  place: string,
  run: Run,
  mode: Mode,
): Promise<number> {
  const refuseOther = (name: string, got: unknown, wanted: unknown): never =>
    refuse(
      place,
      'the record is of another run',
      `${name} ${JSON.stringify(got)}`,
      'Replay with the run file and the flags that the record was made with.',
      `${name} ${JSON.stringify(wanted)}`,
    );
  const wanted = { format, version, numericsVersion, run: run.name, mode };
  for (const [name, value] of Object.entries(wanted))
    if (!isDeepStrictEqual(header[name], value)) refuseOther(name, header[name], value);
  const { workers, configuration } = header;
  if (!isObject(configuration))
    return refuse(place, 'the record does not say of which run it is', String(configuration), whole);
  const { differentOption } = await import('@lockstep/core/io');
  const different = differentOption({ ...configuration }, run);
  if (different) {
    const { name, other, own } = different;
    refuseOther(`run.${name}`, other === undefined ? undefined : JSON.parse(other), JSON.parse(own));
  }
  if (typeof workers !== 'number' || !Number.isInteger(workers) || workers < 1)
    return refuse(place, 'the record does not say with how many workers it was made', String(workers), whole);
  return workers;
}

/**
 * Reads a record for a run that is to have its bits again.
 *
 * @throws LockstepError BAD_RECORD when the file cannot be read, is none, or is of another run
 */
export async function readOrderFile(
  file: string,
  run: Run,
  mode: Mode,
): Promise<{ orders: Int32Array[]; workers: number }> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LockstepError('BAD_RECORD', 'the record cannot be read', {
      where: { field: '--replay', file },
      got: cause instanceof Error ? cause.message : String(cause),
      hint: 'Give a file that --record has made.',
      cause,
    });
  }
  const [first = '', ...rest] = text.split('\n').filter((line) => line !== '');
  const workers = await readHeader(parseLine(file, first, 1), `${file}:1`, run, mode);
  if (rest.length === 0)
    refuse(
      file,
      'the record has no rows',
      'its first line',
      'The run ended before its first row did: record it again.',
    );
  const orders = rest.map((line, at) => {
    const { order } = parseLine(file, line, at + 2);
    if (!isOrder(order))
      refuse(`${file}:${at + 2}`, 'the record has a row that is none', line.slice(0, 40), whole);
    return Int32Array.from(order);
  });
  return { orders, workers };
}
