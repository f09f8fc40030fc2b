import { expect, test } from 'vitest';
import { fromArrays } from '../data/index.ts';
import { batchNorm, dense, sequential, spatialDropout } from '../nn/layers/index.ts';
import { adam } from '../optim/adam.ts';
import { defineRun } from './defineRun.ts';
import { evaluate } from './evaluate.ts';
import type { ExecutorName } from './executors.ts';
import { fit } from './fit.ts';
import { predict } from './predict.ts';
import { RunControl } from './runControl.ts';
import type { RunState } from './runState.ts';

const rows = 71;
const x = Array.from({ length: rows }, (_, row) => [(row * 7) % 13, ((row * 5) % 17) - 8, row % 3]);
const data = fromArrays({ x, y: { values: x.map(([a = 0, b = 0]) => (a + b > 4 ? 1 : 0)), classes: 2 } });

const run = defineRun({
  data: { train: data, validation: 0.2 },
  model: sequential(
    batchNorm({ center: false, scale: false }),
    dense(9, { useBias: false, activation: 'relu' }),
    batchNorm({ momentum: 0.5 }),
    spatialDropout(0.1),
    dense(2),
  ),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam({ learningRate: 0.02 }),
  epochs: 3,
  batchSize: 20,
  lanes: 4,
  seed: 3,
});

test('running statistics are part of the weights, with the same bits for any number of workers', async () => {
  const seen = async (executor: ExecutorName, workers: number) => {
    const { weightsHash, variables, history } = await fit(run, { executor, workers });
    const losses = history.map(({ loss, valLoss, valMetrics }) => ({ loss, valLoss, valMetrics }));
    return { weightsHash, mean: variables.get('layers.2.runningMean'), losses };
  };
  const wanted = await seen('interpreter', 1);
  expect(wanted.mean).toMatchObject({ role: 'statistic', shape: [9] });
  expect(wanted.mean?.values.some((value) => value !== 0)).toBe(true);
  for (const workers of [1, 2, 3]) expect(await seen('wasm', workers)).toEqual(wanted);
  expect(await seen('simulate', 3)).toEqual(wanted);
});

test('predictions come from the running statistics: of one row as of all', async () => {
  const { variables } = await fit(run);
  const all = await predict(run, variables, data);
  const [first = []] = x;
  const one = await predict(run, variables, fromArrays({ x: [first] }));
  expect(Array.from(one['output']?.values ?? [])).toEqual(
    Array.from(all['output']?.values.slice(0, 2) ?? []),
  );

  const shift = new Map(variables);
  const mean = shift.get('layers.0.runningMean') ?? expect.unreachable('no statistic');
  shift.set(mean.path, { ...mean, values: mean.values.map((value) => value + 1) });
  const before = await evaluate(run, variables, data);
  expect((await evaluate(run, shift, data)).loss).not.toBe(before.loss);
});

test('a run goes on with its statistics where it was', async () => {
  const whole = await fit(run);
  const control = new RunControl();
  const states: (RunState | undefined)[] = [];
  const onEpoch = async (): Promise<undefined> => {
    states.push(await control.capture());
  };
  await fit(defineRun({ ...run.options, callbacks: [{ onEpoch }] }), { control });
  const [resume = expect.unreachable('no state')] = states;
  const resumed = await fit(run, { resume });
  expect(resumed.weightsHash).toBe(whole.weightsHash);
});

test('a mini-batch that a row needs as a whole cannot be computed in parts, and the error says so', async () => {
  await expect(fit(defineRun({ ...run.options, microBatch: 5 }))).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('microBatch'),
  });
});
