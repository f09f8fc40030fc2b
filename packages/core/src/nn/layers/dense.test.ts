import { expect, it } from 'vitest';
import { fromArrays } from '../../data/index.ts';
import { reshape, sum } from '../../ops/index.ts';
import { defineRun } from '../../train/defineRun.ts';
import { fit } from '../../train/fit.ts';
import { predict } from '../../train/predict.ts';
import type { Layer } from '../layer.ts';
import { dense } from './dense.ts';
import { sequential } from './sequential.ts';

it('keeps the axis of the rows where it is, in a mini-batch of one row too: a row’s prediction has the same bits alone', async () => {
  const [rows, steps] = [3, 600];
  /** A sum along the last axis: another order than that of a sum over rows. */
  const total: Layer = {
    kind: 'total',
    build: (x) => sum(reshape(x, [x.shape[0] ?? 1, steps]), { axes: [1], keepDims: true }),
  };
  const values = Float32Array.from({ length: rows * steps }, (_, at) => ((at * 37) % 101) / 7);
  const dataOf = (from: number, end: number) =>
    fromArrays({
      x: { shape: [steps, 1], values: values.slice(from * steps, end * steps) },
      y: { shape: [1], values: new Float32Array(end - from) },
    });
  const run = defineRun({
    data: dataOf(0, rows),
    model: sequential(dense(1), total),
    loss: 'meanSquaredError',
    epochs: 1,
    learningRate: 1e-9,
  });
  const { variables } = await fit(run);
  const predicted = async (from: number, end: number): Promise<number[]> => {
    const { output } = await predict(run, variables, dataOf(from, end));
    return Array.from(output?.values ?? []);
  };
  const alone = [...(await predicted(0, 1)), ...(await predicted(1, 2)), ...(await predicted(2, 3))];
  expect(alone).toEqual(await predicted(0, rows));
});
