// Computes the hashes in test/golden and writes those that are new: the first steps of each run with the interpreter,
// which is the definition of the bits, and the rest compiled; with --interpret (some ten minutes) all of it with the
// interpreter.
//
// usage: goldenHashes.ts [NAME ...] [--interpret] [--redefined NAME ...]
//
// A hash that differs from the one on file is not overwritten: it is a bug, unless the definition of strict bits was
// changed on purpose, which a higher numericsVersion says, or the run itself was, which --redefined NAME says.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { executors, numericsVersion } from '@lockstep/core';
import { oracle } from '../packages/core/src/train/testing/executors.ts';
import { trainedBits } from '../packages/core/src/train/testing/trainedBits.ts';
import { type Golden, goldenFile, marksOf, readGolden } from '../test/strict/golden.ts';
import { type GoldenRun, goldenNames, goldenRuns } from '../test/strict/runs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    interpret: { type: 'boolean', default: false },
    redefined: { type: 'string', multiple: true, default: [] },
  },
});

/** The bits of a run; throws if the interpreter and compiled code do not agree. */
async function computed({ run, interpreted }: GoldenRun, marks: readonly number[]): Promise<Golden> {
  const defined = values.interpret ? marks : marks.filter((step) => step <= interpreted);
  const wanted = await trainedBits(run, oracle, 1, defined);
  const found = await trainedBits(run, executors.wasm, 1, marks);
  assert.deepEqual(found.slice(0, wanted.length), wanted);
  return { numericsVersion, marks: found };
}

/** One line for each entry that is not the same. */
function differences(known: Golden, found: Golden): string[] {
  const lines = (golden: Golden): string[] =>
    golden.marks.flatMap(({ step, ...hashes }) =>
      Object.entries(hashes).map(([what, hash]) => `step ${step} ${what} ${hash}`),
    );
  const [before, after] = [lines(known), lines(found)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

for (const name of goldenNames) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const golden = goldenRuns[name];
  const found = await computed(golden, marksOf(golden));
  const known = readGolden(name);
  const changes = known === undefined ? [] : differences(known, found);
  for (const line of changes) console.log(`${name}: ${line}`);
  const allowed =
    known === undefined || numericsVersion > known.numericsVersion || values.redefined.includes(name);
  if (changes.length > 0 && !allowed) {
    console.log(`${name}: not written, since numericsVersion is still ${numericsVersion}`);
    process.exitCode = 1;
  } else {
    writeFileSync(goldenFile(name), `${JSON.stringify(found, undefined, 2)}\n`);
    console.log(`${name}: ${changes.length === 0 && known !== undefined ? 'unchanged' : 'written'}`);
  }
}
