import protobuf from 'protobufjs/light.js';
import { checkpointSchema } from './checkpointSchema.ts';
import { countMessages } from './countMessages.ts';
import { mostMessages } from './format.ts';
import { MessageFields } from './messageFields.ts';
import { corrupt } from './records.ts';

const type = protobuf.Root.fromJSON(checkpointSchema).resolveAll().lookupType('lockstep.checkpoint.Record');

/** A message as plain data, its fields in camel case. Those that are absent have their default value. */
export type PlainMessage = Readonly<Record<string, unknown>>;

/** Exactly one of the kinds of `Record` in `checkpoint.proto`. */
export function encodeMessage(record: PlainMessage): Uint8Array {
  return type.encode(type.fromObject(record)).finish();
}

/** Whether a record has more messages in it than one may have. */
export function hasTooManyMessages(payload: Uint8Array): boolean {
  return countMessages(payload, type, mostMessages) > mostMessages;
}

/**
 * @throws LockstepError CHECKPOINT_CORRUPT when the bytes are no record, or one with more messages than it may have
 */
export function decodeMessage(payload: Uint8Array): MessageFields {
  let decoded: unknown;
  try {
    if (hasTooManyMessages(payload)) throw new RangeError(`more than ${mostMessages} messages`);
    decoded = type.toObject(type.decode(payload), { defaults: true });
  } catch (cause) {
    throw corrupt('a record that cannot be read', cause);
  }
  return new MessageFields(decoded, 'record');
}
