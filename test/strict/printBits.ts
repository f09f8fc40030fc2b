// usage: printBits.ts [--flags]
//
// Trains the golden runs compiled, with tiles of either width, and prints their bits as JSON; with --flags under the V8
// flags of a training process.
import { setWasmFlags } from '@lockstep/core/node';
import { wasmExecutors } from '../../packages/core/src/train/testing/executors.ts';
import { type TrainedBits, trainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';
import { marksOf } from './golden.ts';
import { runsFor, waysFor } from './pairings.ts';
import { goldenNames, goldenRuns } from './runs.ts';

const flags = process.argv.includes('--flags');
/** With the flags another part of the executors than without. */
const shift = flags ? 1 : 0;
if (flags) setWasmFlags({ revectorize: true });
const printed: { name: string; executor: string; bits: readonly TrainedBits[] }[] = [];
for (const name of runsFor(goldenNames, shift))
  for (const [executor, factory] of waysFor(
    name,
    goldenNames.indexOf(name) + shift,
    Object.entries(wasmExecutors),
    3,
  )) {
    const golden = goldenRuns[name];
    printed.push({
      name,
      executor,
      bits: await trainedBits(golden.run, factory, 3, marksOf(golden)),
    });
  }
process.stdout.write(JSON.stringify({ node: process.versions.node, printed }));
