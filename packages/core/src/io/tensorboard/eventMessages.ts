import protobuf from 'protobufjs/light.js';
import { encodeRecord } from '../records.ts';
import { eventSchema } from './eventSchema.ts';

const root = protobuf.Root.fromJSON(eventSchema);
const eventType = root.lookupType('lockstep.tensorboard.Event');
const hparamsType = root.lookupType('lockstep.tensorboard.HParams');

/** A message of `event.proto` as plain data, its fields in camel case. */
export type EventMessage = Readonly<Record<string, unknown>>;

/** An `Event` as a record of an event file. */
export function encodeEvent(event: EventMessage): Uint8Array {
  return encodeRecord(eventType.encode(eventType.fromObject(event)).finish());
}

/** An `HParams`. */
export function encodeHParams(data: EventMessage): Uint8Array {
  return hparamsType.encode(hparamsType.fromObject(data)).finish();
}
