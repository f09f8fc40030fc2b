import protobuf from 'protobufjs';

/** What a `.proto` file says, as data. */
export function parsedSchema(text: string): protobuf.INamespace {
  return protobuf.parse(text).root.toJSON();
}
