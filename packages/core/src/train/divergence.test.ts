import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import type { Node } from '../graph/node.ts';
import { dense } from '../nn/layers/index.ts';
import { add, log, reshape, sub } from '../ops/index.ts';
import { sgd } from '../optim/sgd.ts';
import { defineRun } from './defineRun.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

const options: RunOptions = {
  data: fromArrays({ x: [[1], [2], [3]], y: [[1], [5], [3]] }),
  model: dense(1, { kernelInitializer: 'ones' }),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 100,
  batchSize: 1,
  shuffle: false,
};

describe('a loss that is not finite', () => {
  it('names the step and the op that the first bad value comes from', async () => {
    // The logarithm of -1 in the third row of the first epoch, before any weight has moved.
    const loss = (output: Node, target: Node): Node => {
      const rows = output.shape[0] ?? 0;
      return reshape(log(sub(add(output, 1.5), target)), [rows]);
    };
    const data = fromArrays({ x: [[1], [2], [3]], y: [[1], [2], [9]] });
    const run = defineRun({ ...options, data, loss, learningRate: 0 });
    for (const executor of ['wasm', 'interpreter'] as const)
      await expect(fit(run, { executor })).rejects.toMatchObject({
        code: 'DIVERGED',
        message: expect.stringMatching(/diverged at step 3: log gave the first NaN, at \[0, 0\]/),
        got: 'loss NaN',
      });
  });

  it('names the weights when an update has already broken them', async () => {
    const run = defineRun({ ...options, learningRate: 3e38 });
    await expect(fit(run)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(
        /diverged at step \d+: an update before it left -?(Infinity|NaN) in (weight|bias)/,
      ),
    });
  });
});
