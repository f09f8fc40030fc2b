import protobuf from 'protobufjs/light.js';

/** Of fields that begin with their length. */
const lengthDelimited = 2;

/** The fields of a message: what is in the one of a number, if that is a message. */
type Fields = (id: number) => Fields | undefined;

function fieldsOf(type: protobuf.Type): Fields {
  return (id) => {
    const field = type.fieldsById[id];
    const inner = field?.resolvedType instanceof protobuf.Type ? fieldsOf(field.resolvedType) : undefined;
    // An entry of a map is a message of a key, 1, and a value, 2.
    return field instanceof protobuf.MapField ? (part) => (part === 2 ? inner : undefined) : inner;
  };
}

/**
 * How many messages lie in one, itself included. An empty one takes two bytes, and what a reader makes of it hundreds: they are
 * counted before anything is made. Counting ends soon above `most`.
 *
 * @param type - of the message, from a schema that is resolved
 * @throws what the reader throws at bytes that are no message
 */
export function countMessages(payload: Uint8Array, type: protobuf.Type, most: number): number {
  const reader = protobuf.Reader.create(payload);
  let count = 0;
  const visit = (fields: Fields, end: number): void => {
    count += 1;
    while (reader.pos < end && count <= most) {
      const tag = reader.uint32();
      const [id, wireType] = [tag >>> 3, tag & 7];
      const inner = wireType === lengthDelimited ? fields(id) : undefined;
      if (inner === undefined) reader.skipType(wireType, 0, id);
      else visit(inner, reader.uint32() + reader.pos);
    }
  };
  visit(fieldsOf(type), payload.length);
  return count;
}
