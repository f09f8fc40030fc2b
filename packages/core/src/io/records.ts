import { LockstepError } from '../errors.ts';
import type { ByteSource } from './byteSource.ts';
import { crc32c } from './crc32c.ts';

/** Bytes before and after the payload of a record. */
const headLength = 12;
const tailLength = 4;

/** What TensorFlow's files store for a checksum: one of data that itself has checksums in it says little. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/**
 * One record of a TFRecord file: the length of the payload (64 bits, little-endian), its masked CRC-32C, the payload, and
 * the payload's.
 */
export function encodeRecord(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(headLength + payload.length + tailLength);
  const view = new DataView(record.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(payload, headLength);
  view.setUint32(headLength + payload.length, masked(crc32c(payload)), true);
  return record;
}

export interface RecordLimits {
  /** Longest payload, in bytes, that there may be. */
  readonly longest: number;
}

/**
 * The payloads of a TFRecord file, one after another; each stays as it is until the next one is asked for. No more than
 * the longest payload is read at once, whatever the file says.
 *
 * @throws LockstepError CHECKPOINT_TRUNCATED when the file ends inside a record; CHECKPOINT_CORRUPT when a checksum does not fit,
 * or a record is longer than is allowed
 */
export function* readRecords(source: ByteSource, { longest }: RecordLimits): Generator<Uint8Array> {
  for (let at = 0; at < source.size; ) {
    if (source.size - at < headLength) throw truncated(source, at);
    const head = source.read(at, headLength);
    const view = new DataView(head.buffer, head.byteOffset, headLength);
    const length = view.getUint32(0, true);
    if (view.getUint32(8, true) !== masked(crc32c(head.subarray(0, 8))))
      throw corrupt(`the checksum of the record's length at byte ${at} does not fit`);
    if (view.getUint32(4, true) !== 0 || length > longest)
      throw corrupt(`the record at byte ${at} is longer than ${longest} bytes`);
    const whole = length + tailLength;
    if (source.size - at - headLength < whole) throw truncated(source, at);
    const body = source.read(at + headLength, whole);
    const payload = body.subarray(0, length);
    const stored = new DataView(body.buffer, body.byteOffset + length, tailLength).getUint32(0, true);
    if (stored !== masked(crc32c(payload)))
      throw corrupt(`the checksum of the record at byte ${at} does not fit`);
    at += headLength + whole;
    yield payload;
  }
}

function truncated({ size }: ByteSource, at: number): LockstepError {
  return truncation(`it ends at byte ${size}, inside the record that begins at byte ${at}`);
}

/** A checkpoint that ends too early. */
export function truncation(got: string): LockstepError {
  return new LockstepError('CHECKPOINT_TRUNCATED', 'the checkpoint is cut short', { got });
}

/** A checkpoint with bytes that are none of its own. */
export function corrupt(got: string, cause?: unknown): LockstepError {
  return new LockstepError('CHECKPOINT_CORRUPT', 'the checkpoint is damaged, or none', {
    got,
    ...(cause === undefined ? {} : { cause }),
  });
}
