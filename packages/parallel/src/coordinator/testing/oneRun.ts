// One run, and then nothing: a thread, timer or port that is left behind keeps this process from ending.
import { defineRun, dense, fit, fromArrays, sequential } from '@lockstep/core';
import { type TrainOptions, threadsEngine, train } from '../../index.ts';

const run = defineRun({
  data: fromArrays({ x: [[0], [1], [2], [3]], y: [[0], [2], [4], [6]] }),
  model: sequential(dense(1)),
  loss: 'meanSquaredError',
  epochs: 5,
});

const failure = { kind: 'exit', rank: 0, step: 2, phase: 0 } as const;

const ways: Readonly<Record<string, TrainOptions>> = {
  ended: {},
  lost: { chaos: [failure], maxLosses: 0 },
  stopped: { signal: AbortSignal.abort() },
  threw: {
    onEvent: () => {
      throw new Error('a listener');
    },
  },
};

const [way = ''] = process.argv.slice(2);
const wayToEnd = ways[way];
if (wayToEnd === undefined) await fit(run, { engine: threadsEngine({ workers: 2, chaos: [failure] }) });
else await train(run, { workers: 2, ...wayToEnd }).catch(() => {});
process.stdout.write(`${way}\n`);
