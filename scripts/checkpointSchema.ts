// Writes packages/core/src/io/checkpointSchema.ts from checkpoint.proto beside it: core has no file to read at run time.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsedSchema } from '../packages/core/src/io/testing/parsedSchema.ts';

const file = fileURLToPath(new URL('../packages/core/src/io/checkpointSchema.ts', import.meta.url));
writeFileSync(
  file,
  `/** \`checkpoint.proto\` as data, written by \`scripts/checkpointSchema.ts\`. */
export const checkpointSchema = ${JSON.stringify(parsedSchema())};
`,
);
process.exitCode = spawnSync('biome', ['check', '--write', file], { stdio: 'inherit' }).status ?? 1;
