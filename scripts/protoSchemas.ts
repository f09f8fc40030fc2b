// Writes the .proto files of packages/core/src/io as data, each beside it: core has no file to read at run time.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsedSchema } from '../packages/core/src/io/testing/parsedSchema.ts';

const folder = new URL('../packages/core/src/io/', import.meta.url);
const files = ['checkpoint', 'tensorboard/event'].map((path) => {
  const [proto, file] = ['.proto', 'Schema.ts'].map((end) => fileURLToPath(new URL(`${path}${end}`, folder)));
  const name = path.replace(/.*\//, '');
  const schema = parsedSchema(readFileSync(proto ?? '', 'utf8'));
  const text = `/** \`${name}.proto\` as data, written by \`scripts/protoSchemas.ts\`. */
export const ${name}Schema = ${JSON.stringify(schema)};
`;
  writeFileSync(file ?? '', text);
  return file ?? '';
});
process.exitCode = spawnSync('biome', ['check', '--write', ...files], { stdio: 'inherit' }).status ?? 1;
