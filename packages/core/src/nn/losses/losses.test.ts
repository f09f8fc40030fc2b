import { expect, test } from 'vitest';
import { grad } from '../../autodiff/grad.ts';
import { LockstepError } from '../../errors.ts';
import { input } from '../../graph/leaves.ts';
import { sum } from '../../ops/index.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { type Loss, type LossName, losses, toLoss } from './index.ts';

interface Case {
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly targetShape?: readonly number[];
  readonly targetType?: 'float32' | 'int32';
  readonly target: readonly number[];
}

function run(loss: Loss, { shape, output, targetShape = shape, targetType = 'float32', target }: Case) {
  const outputNode = input('output', { shape, batchAxis: 0 });
  const targetNode = input('target', { shape: targetShape, dtype: targetType, batchAxis: 0 });
  const rows = loss(outputNode, targetNode);
  expect(rows.batchAxis).toBe(0);
  const [gradient = outputNode] = grad(sum(rows), [outputNode]);
  return runOnce({ rows, gradient }, { output, target }, { precision: 'float64', batchSize: shape[0] ?? 0 });
}

function expectClose(got: readonly number[], wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  for (const [at, value] of wanted.entries())
    expect(Math.abs((got[at] ?? Number.NaN) - value)).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(value)),
    );
}

test('mean squared error is the mean of every row', () => {
  const { rows, gradient } = run(losses.meanSquaredError, {
    shape: [2, 2],
    output: [1, 2, 3, 4],
    target: [0, 0, 3, 2],
  });
  expectClose(rows, [2.5, 2]);
  expectClose(gradient, [1, 2, 0, 2]);
});

test('a target of one number a row goes with an output [B, 1], integers too', () => {
  const { rows } = run(losses.meanSquaredError, {
    shape: [3, 1],
    output: [1, 2, 3],
    targetShape: [3],
    targetType: 'int32',
    target: [1, 0, 5],
  });
  expectClose(rows, [0, 4, 4]);
});

test('a target of another shape is refused instead of broadcast', () => {
  const wrong = { shape: [3, 2], output: [], targetShape: [3], target: [] };
  expect(() => run(losses.meanSquaredError, wrong)).toThrow(
    expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
  );
  const ragged = { shape: [2, 3], output: [], targetShape: [2, 1], target: [] };
  expect(() => run(losses.binaryCrossentropy, ragged)).toThrow(LockstepError);
});

test('binary cross entropy is -log of the probability given to the answer', () => {
  const z = [-2, 0.5, 3, 0];
  const y = [0, 1, 0.25, 1];
  const { rows, gradient } = run(losses.binaryCrossentropy, { shape: [4, 1], output: z, target: y });
  const p = z.map((value) => 1 / (1 + Math.exp(-value)));
  expectClose(
    rows,
    p.map((value, at) => -(y[at] ?? 0) * Math.log(value) - (1 - (y[at] ?? 0)) * Math.log(1 - value)),
  );
  expectClose(
    gradient,
    p.map((value, at) => value - (y[at] ?? 0)),
  );
});

test('binary cross entropy neither overflows nor loses its gradient at large logits', () => {
  const { rows, gradient } = run(losses.binaryCrossentropy, {
    shape: [4, 1],
    output: [1000, -1000, 1000, -1000],
    target: [1, 0, 0, 1],
  });
  expectClose(rows, [0, 0, 1000, 1000]);
  expectClose(gradient, [0, 0, 1, -1]);
});

const logits = [1, 2, 3, -1, 0, 1000];
const exponentials = [Math.exp(1), Math.exp(2), Math.exp(3)];
const total = Math.exp(1) + Math.exp(2) + Math.exp(3);

test('sparse cross entropy is -log of the softmax at the label', () => {
  const { rows, gradient } = run(losses.sparseCategoricalCrossentropy, {
    shape: [2, 3],
    output: logits,
    targetShape: [2],
    targetType: 'int32',
    target: [0, 2],
  });
  expectClose(rows, [Math.log(total) - 1, 0]);
  expectClose(gradient, [...exponentials.map((value, at) => value / total - (at === 0 ? 1 : 0)), 0, 0, 0]);
});

test('cross entropy of target probabilities weights the classes by them', () => {
  const target = [0.2, 0.3, 0.5, 0, 0, 1];
  const { rows, gradient } = run(losses.categoricalCrossentropy, { shape: [2, 3], output: logits, target });
  expectClose(rows, [Math.log(total) - (0.2 * 1 + 0.3 * 2 + 0.5 * 3), 0]);
  expectClose(gradient, [...exponentials.map((value, at) => value / total - (target[at] ?? 0)), 0, 0, 0]);
});

test('sparse cross entropy refuses labels that are no integers, and more than one a row', () => {
  const loss = losses.sparseCategoricalCrossentropy;
  const floats = { shape: [2, 3], output: [], targetShape: [2], target: [] };
  expect(() => run(loss, floats)).toThrow(expect.objectContaining({ code: 'DTYPE_MISMATCH' }));
  const oneHot = { shape: [2, 3], output: [], targetType: 'int32', target: [] } as const;
  expect(() => run(loss, oneHot)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
});

test('a loss can be given by name, and a wrong name is answered with the nearest', () => {
  expect(toLoss('meanSquaredError')).toBe(losses.meanSquaredError);
  expect(() => toLoss('meanSquareError' as LossName)).toThrow('Did you mean "meanSquaredError"?');
});
