import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** What `checkpoint.proto` says, as data. */
export function parsedSchema(): protobuf.INamespace {
  const text = readFileSync(new URL('../checkpoint.proto', import.meta.url), 'utf8');
  return protobuf.parse(text).root.toJSON();
}
