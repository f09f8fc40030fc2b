// usage: printBits.ts [--flags]
//
// Trains the golden runs compiled, with tiles of either width, and prints their bits as JSON; with --flags under the V8
// flags of a training process.
import { setWasmFlags } from '@lockstep/core/node';
import { wasmExecutors } from '../../packages/core/src/train/testing/executors.ts';
import { type TrainedBits, trainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';
import { marksOf } from './golden.ts';
import { goldenNames, goldenRuns } from './runs.ts';

if (process.argv.includes('--flags')) setWasmFlags({ revectorize: true });
const printed: { name: string; executor: string; bits: readonly TrainedBits[] }[] = [];
for (const name of goldenNames)
  for (const [executor, factory] of Object.entries(wasmExecutors)) {
    const golden = goldenRuns[name];
    printed.push({
      name,
      executor,
      bits: await trainedBits(golden.run, factory, 3, marksOf(golden)),
    });
  }
process.stdout.write(JSON.stringify({ node: process.versions.node, printed }));
