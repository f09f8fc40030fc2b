import { LockstepError } from '../errors.ts';
import type { VariableRole } from '../graph/leaves.ts';
import type { EpochEvent, ModeDescription } from '../train/events.ts';
import { mergeStaleness } from '../train/mergeStaleness.ts';
import type { Variables, VariableValue } from '../train/variables.ts';
import type { ByteSource } from './byteSource.ts';
import type { Checkpoint, RunDescription } from './checkpoint.ts';
import { decodeMessage } from './checkpointRecord.ts';
import { crc32c } from './crc32c.ts';
import { toDone, toEpoch } from './eventMessages.ts';
import { checkpointFormat, checkpointVersion, longestRecord, partLength } from './format.ts';
import { toLoop } from './loopMessages.ts';
import type { MessageFields } from './messageFields.ts';
import { corrupt, readRecords, truncation } from './records.ts';
import { allocateTensor, bytesOfElement, bytesOfTensor, tensorDTypes } from './tensorBytes.ts';

export interface DecodeOptions {
  /**
   * `check`: tensors are read and their checksums compared, but their values are not kept. Default `keep`.
   */
  readonly values?: 'keep' | 'check';
}

/** Axes of a tensor. */
const mostAxes = 64;

const roles = ['parameter', 'statistic', 'optimizer', 'average'] as const satisfies readonly VariableRole[];

const sets = ['variables', 'best'] as const;

/** The records of a checkpoint, in order. */
class Records {
  readonly #source: ByteSource;
  readonly #payloads: Generator<Uint8Array>;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#payloads = readRecords(source, { longest: longestRecord });
  }

  /** @throws LockstepError CHECKPOINT_TRUNCATED after the last record; CHECKPOINT_CORRUPT for one of another kind */
  next(kind: 'preamble' | 'header' | 'epoch' | 'tensor' | 'end'): MessageFields {
    return this.#record(kind).message(kind);
  }

  /**
   * The parts of so many bytes, with their places.
   *
   * @param what - they are parts of, for errors
   */
  *parts(what: string, length: number): Generator<readonly [number, Uint8Array]> {
    // What a file says is not believed before the file is long enough for it: nothing larger is allocated.
    if (length > this.#source.size)
      throw truncation(`it ends at byte ${this.#source.size}, inside the ${length} bytes of ${what}`);
    for (let at = 0; at < length; at += partLength) {
      const part = this.#record('part').bytes('part');
      if (part.length !== Math.min(partLength, length - at))
        throw corrupt(`a part of ${what} of another length`);
      yield [at, part];
    }
  }

  text(what: string, length: number): string {
    const decoder = new TextDecoder('utf-8');
    let text = '';
    for (const [, part] of this.parts(what, length)) text += decoder.decode(part, { stream: true });
    return text + decoder.decode();
  }

  end(): void {
    this.next('end');
    if (this.#payloads.next().done !== true) throw corrupt('bytes after its end');
  }

  #record(kind: string): MessageFields {
    const { done, value } = this.#payloads.next();
    if (done === true) throw truncation(`it ends at byte ${this.#source.size}, before the ${kind}`);
    const record = decodeMessage(value);
    return record.has(kind) ? record : this.#refuse(kind);
  }

  #refuse(kind: string): never {
    throw corrupt(`another record in place of the ${kind}`);
  }
}

function readPreamble(records: Records): number {
  const preamble = records.next('preamble');
  if (preamble.text('format') !== checkpointFormat) throw corrupt('a file of another format');
  const version = preamble.count('version');
  if (version > checkpointVersion)
    throw new LockstepError('CHECKPOINT_NEWER', 'the checkpoint is from a newer version of lockstep', {
      got: `version ${version} of the format`,
      wanted: `up to ${checkpointVersion}`,
      hint: 'Use the version of lockstep that wrote it, or a newer one.',
    });
  return version;
}

/**
 * The version of the format that a checkpoint has.
 *
 * @throws LockstepError as {@link decodeCheckpoint}
 */
export function decodeFormatVersion(source: ByteSource): number {
  return readPreamble(new Records(source));
}

function describedBy(text: string): RunDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt('a description that is no JSON', cause);
  }
  const isObject = (object: unknown): object is RunDescription =>
    typeof object === 'object' && object !== null && !Array.isArray(object);
  if (!isObject(value)) throw corrupt('a description that is no object');
  return value;
}

function modeOf(text: string): ModeDescription {
  const mode = describedBy(text);
  const isMode = (value: RunDescription): value is ModeDescription =>
    typeof value['name'] === 'string' && Object.values(value).every((option) => typeof option !== 'object');
  if (!isMode(mode)) throw corrupt('a mode that is none');
  return mode;
}

function readTensor(
  records: Records,
  keeps: boolean,
): { readonly set: (typeof sets)[number]; readonly value: VariableValue } {
  const tensor = records.next('tensor');
  const path = tensor.text('path');
  const shape = tensor.numbers('shape');
  const dtype = tensor.oneOf('dtype', tensorDTypes);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  const length = elements * bytesOfElement(dtype);
  if (shape.length > mostAxes) throw corrupt(`${shape.length} axes of "${path}"`);
  const parts = records.parts(`"${path}"`, length);
  let checksum = 0;
  let values = allocateTensor(dtype, 0);
  for (const [at, part] of parts) {
    if (keeps && at === 0) values = allocateTensor(dtype, elements);
    checksum = crc32c(part, checksum);
    if (keeps) bytesOfTensor(values).set(part, at);
  }
  if (checksum !== tensor.count('checksum')) throw corrupt(`the checksum of "${path}" does not fit`);
  return {
    set: tensor.oneOf('set', sets),
    value: { path, role: tensor.oneOf('role', roles), shape, values },
  };
}

function readTensors(
  records: Records,
  count: number,
  keeps: boolean,
): Readonly<Record<(typeof sets)[number], Variables>> {
  const read = { variables: new Map<string, VariableValue>(), best: new Map<string, VariableValue>() };
  for (let at = 0; at < count; at++) {
    const { set, value } = readTensor(records, keeps);
    if (read[set].has(value.path)) throw corrupt(`"${value.path}" twice`);
    read[set].set(value.path, value);
  }
  return read;
}

/**
 * Reads a checkpoint. Every byte is covered by a checksum, and every tensor by one more. Whatever the bytes are, no more memory
 * is taken than 64 times their number and 64 MiB beside.
 *
 * @throws LockstepError CHECKPOINT_TRUNCATED when it ends too early; CHECKPOINT_CORRUPT when it is not what was written;
 * CHECKPOINT_NEWER when a newer version wrote it
 */
export function decodeCheckpoint(source: ByteSource, { values = 'keep' }: DecodeOptions = {}): Checkpoint {
  const records = new Records(source);
  readPreamble(records);
  const header = records.next('header');
  const position = toLoop(header.message('loop'));
  const configuration = describedBy(records.text('the configuration', header.count('configuration')));
  const preprocessing = describedBy(records.text('the preprocessing', header.count('preprocessing')));
  const history: EpochEvent[] = [];
  const epochs = header.count('epochs');
  while (history.length < epochs) history.push(toEpoch(records.next('epoch')));
  const { variables, best } = readTensors(records, header.count('tensors'), values === 'keep');
  records.end();
  const loop = header.message('loop');
  const bestEpoch = loop.has('bestEpoch') ? toEpoch(loop.message('bestEpoch')) : undefined;
  const staleness = mergeStaleness([...history, position.sums]);
  return {
    numericsVersion: header.count('numericsVersion'),
    name: header.text('name'),
    seed: header.count('seed'),
    configuration,
    preprocessing,
    state: {
      loop: { ...position, history, ...(bestEpoch && { best: { epoch: bestEpoch, variables: best } }) },
      variables,
      ...(header.has('mode') && { mode: modeOf(header.text('mode')) }),
    },
    ...(header.has('done') && {
      done: { ...toDone(header.message('done')), ...(staleness && { staleness }) },
    }),
  };
}
