// Asynchronous runs whose order of updates was kept, made again in it: each has the same bits.
// Arguments: how many runs of each mode, and the seed.
import {
  adam,
  defineRun,
  dense,
  dropout,
  fromArrays,
  type Run,
  rmsprop,
  sequential,
  sgd,
} from '@lockstep/core';
import { type Mode, train } from '@lockstep/parallel';
import { RandomIntegers } from './randomIntegers.ts';

const [count = '100', seed = '1'] = process.argv.slice(2);
const random = new RandomIntegers(Number(seed));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function drawRun(): Run {
  const rows = 64 + random.below(200);
  const features = 1 + random.below(20);
  const classes = 2 + random.below(4);
  const optimizer = random.pick([sgd, adam, rmsprop]);
  return defineRun({
    name: 'replayed',
    data: fromArrays({
      x: {
        values: Float32Array.from({ length: rows * features }, () => random.below(1000) / 500 - 1),
        shape: [features],
      },
      y: { values: Int32Array.from({ length: rows }, () => random.below(classes)), classes },
    }),
    model: sequential(dense(1 + random.below(40), { activation: 'relu' }), dropout(0.1), dense(classes)),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: optimizer({ learningRate: 0.01 }),
    batchSize: 4 + random.below(28),
    epochs: 1 + random.below(4),
    seed: random.below(1000),
  });
}

const drawModes = [
  (): Mode => ({ name: 'hogwild' }),
  (): Mode => ({ name: 'stale', bound: random.below(5) }),
  (): Mode => ({
    name: 'server',
    slots: 1 + random.below(3),
    stalenessAware: random.below(2) === 1,
    delayCompensation: random.below(2) / 2,
  }),
];

let different = 0;
for (const drawMode of drawModes) {
  let equal = 0;
  let name = '';
  for (let at = 0; at < Number(count); at += 1) {
    const mode = drawMode();
    name = mode.name;
    const run = drawRun();
    const workers = 1 + random.below(5);
    const orders: Int32Array[] = [];
    const first = await train(run, { workers, mode, onOrder: (order) => orders.push(order) });
    const again = await train(run, { workers, mode, replay: orders });
    if (first.weightsHash === again.weightsHash) equal += 1;
    else say(`DIFFERENT: run ${at} of ${JSON.stringify(mode)} with ${workers} workers`);
  }
  say(`${name}: ${equal} of ${count} replays have the bits of their run`);
  if (equal < Number(count)) different += 1;
}
process.exitCode = different === 0 ? 0 : 1;
