import { LockstepError } from '../errors.ts';
import type { Variables } from '../train/variables.ts';
import type { Checkpoint, RunDescription } from './checkpoint.ts';
import { encodeMessage, hasTooManyMessages, type PlainMessage } from './checkpointRecord.ts';
import { crc32c } from './crc32c.ts';
import { fromDone, fromEpoch } from './eventMessages.ts';
import { checkpointFormat, checkpointVersion, longestRecord, mostMessages, partLength } from './format.ts';
import { fromLoop } from './loopMessages.ts';
import { encodeRecord } from './records.ts';
import { bytesOfTensor, dtypeOfTensor } from './tensorBytes.ts';

function recordOf(message: PlainMessage): Uint8Array {
  const payload = encodeMessage(message);
  if (payload.length > longestRecord)
    throw new LockstepError('BAD_OPTION', 'the metrics of an epoch are too long for a checkpoint', {
      got: `${payload.length} bytes`,
      wanted: `up to ${longestRecord}`,
    });
  if (hasTooManyMessages(payload))
    throw new LockstepError('BAD_OPTION', 'the metrics of an epoch have too many rows for a checkpoint', {
      wanted: `up to ${mostMessages} rows and values`,
    });
  return encodeRecord(payload);
}

function textOf(description: RunDescription): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(description));
}

function* partRecords(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partLength)
    yield recordOf({ part: bytes.subarray(at, at + partLength) });
}

function* tensorRecords(set: string, variables: Variables): Generator<Uint8Array> {
  for (const { path, role, shape, values } of variables.values()) {
    const bytes = bytesOfTensor(values);
    const dtype = dtypeOfTensor(values);
    yield recordOf({ tensor: { set, path, role, shape, dtype, checksum: crc32c(bytes) } });
    yield* partRecords(bytes);
  }
}

/**
 * The bytes of a checkpoint, in pieces of little more than 1 MiB but where there are large matrices. `checkpoint.proto` says what is in
 * them.
 *
 * @throws LockstepError BAD_OPTION when the metrics of an epoch, with their matrices, are longer than a record may be, or more
 */
export function* encodeCheckpoint(checkpoint: Checkpoint): Generator<Uint8Array> {
  const { numericsVersion, name, seed, configuration, preprocessing, state, done } = checkpoint;
  const { history, best } = state.loop;
  const texts = [textOf(configuration), textOf(preprocessing)] as const;
  yield recordOf({ preamble: { format: checkpointFormat, version: checkpointVersion } });
  yield recordOf({
    header: {
      numericsVersion,
      name,
      seed,
      configuration: texts[0].length,
      preprocessing: texts[1].length,
      loop: fromLoop(state.loop),
      ...(state.mode && { mode: JSON.stringify(state.mode) }),
      ...(done && { done: fromDone(done) }),
      epochs: history.length,
      tensors: state.variables.size + (best?.variables.size ?? 0),
    },
  });
  for (const text of texts) yield* partRecords(text);
  for (const epoch of history) yield recordOf({ epoch: fromEpoch(epoch) });
  yield* tensorRecords('variables', state.variables);
  if (best) yield* tensorRecords('best', best.variables);
  yield recordOf({ end: {} });
}
