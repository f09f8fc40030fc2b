// usage: node --expose-gc printMemory.ts STEPS
//
// Trains for a number of steps and prints what the process holds before the second and after the last epoch, as JSON.
import { adam, defineRun, dense, dropout, fit, fromArrays, sequential } from '@lockstep/core';

const stepsPerEpoch = 500;
const steps = Number(process.argv[2]);
const values = Float32Array.from({ length: stepsPerEpoch * 4 * 3 }, (_, at) =>
  Math.fround((at % 17) / 8 - 1),
);
const labels = Int32Array.from({ length: stepsPerEpoch * 4 }, (_, at) => at % 5);

interface Held {
  readonly steps: number;
  /** Bytes of JavaScript objects. */
  readonly heap: number;
  /** Bytes of array buffers: the arena and everything that is copied out of it. */
  readonly buffers: number;
}

const held: Held[] = [];

/** Collects until nothing more goes: finalizers of one collection free buffers for the next. */
function holdings(made: number): Held {
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { steps: made, heap: heapUsed, buffers: arrayBuffers };
}

const run = defineRun({
  data: fromArrays({ x: { values, shape: [3] }, y: { values: labels, classes: 5 } }),
  model: sequential(dense(8, { activation: 'relu' }), dropout(0.5), dense(5)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam(),
  epochs: Math.ceil(steps / stepsPerEpoch),
  batchSize: 4,
  callbacks: [
    {
      onEpoch: ({ step }) => {
        if (step === stepsPerEpoch || step >= steps) held.push(holdings(step));
        return undefined;
      },
    },
  ],
});

await fit(run, { executor: 'wasm', workers: 3 });
process.stdout.write(JSON.stringify(held));
