// Writes packages/core/src/io/checkpointSchema.ts from checkpoint.proto beside it: core has no file to read at run time.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsedSchema } from '../packages/core/src/io/testing/parsedSchema.ts';

const folder = new URL('../packages/core/src/io/', import.meta.url);
const file = fileURLToPath(new URL('checkpointSchema.ts', folder));
const schema = parsedSchema(readFileSync(new URL('checkpoint.proto', folder), 'utf8'));
writeFileSync(
  file,
  `/** \`checkpoint.proto\` as data, written by \`scripts/checkpointSchema.ts\`. */
export const checkpointSchema = ${JSON.stringify(schema)};
`,
);
process.exitCode = spawnSync('biome', ['check', '--write', file], { stdio: 'inherit' }).status ?? 1;
