import { describe, expect, test } from 'vitest';
import { grad } from '../../autodiff/grad.ts';
import { input } from '../../graph/leaves.ts';
import { sum } from '../../ops/index.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  huber,
  type Loss,
  type LossName,
  losses,
} from './index.ts';

describe('far from where it is usual', () => {
  const of = (loss: Loss, output: readonly number[], target: readonly number[], width = 1) => {
    const shape = [output.length / width, width];
    const outputNode = input('output', { shape, batchAxis: 0 });
    const perRow = loss(outputNode, input('target', { shape, batchAxis: 0 }));
    const [gradient = outputNode] = grad(sum(perRow), [outputNode]);
    return runOnce({ perRow, gradient }, { output, target }, { batchSize: shape[0] ?? 1 });
  };

  test('logCosh overflows for no difference, and its gradient is 0 at 0', () => {
    expect(of(losses.logCosh, [1e4, -1e4, 0], [0, 0, 0])).toEqual({
      perRow: [expect.closeTo(1e4 - Math.LN2, 2), expect.closeTo(1e4 - Math.LN2, 2), expect.closeTo(0, 6)],
      gradient: [1, -1, expect.closeTo(0, 6)],
    });
  });

  test.each<LossName>(['binaryFocalCrossentropy', 'binaryCrossentropy', 'hinge'])(
    '%s of large logits is finite, and so is its gradient',
    (name) => {
      const { perRow, gradient } = of(losses[name], [1e4, -1e4, 1e4, -1e4], [1, 0, 0, 1]);
      expect(perRow.slice(0, 2)).toEqual([0, 0]);
      expect(perRow.slice(2)).toEqual([1e4, 1e4].map((value) => expect.closeTo(value, -1)));
      expect(gradient).toEqual([expect.closeTo(0), expect.closeTo(0), expect.closeTo(1), expect.closeTo(-1)]);
    },
  );

  test.each([0.5, 1, 2, 3])(
    'a focal loss with gamma %d of a class that is certain has a gradient',
    (gamma) => {
      const loss = categoricalFocalCrossentropy({ gamma });
      const { perRow, gradient } = of(loss, [1000, 0, -1000, 1000, 0, -1000], [1, 0, 0, 0, 0, 1], 3);
      expect(perRow).toEqual([0, 2000].map((value) => expect.closeTo(value, 3)));
      expect(gradient).toEqual([0, 0, 0, 1, 0, -1].map((value) => expect.closeTo(value, 3)));
    },
  );

  test('cosineDistance of a vector of zeros has the gradient 0', () => {
    const { perRow, gradient } = of(losses.cosineDistance, [0, 0, 3, 4], [1, 2, 6, 8], 2);
    expect(perRow).toEqual([1, expect.closeTo(0, 6)]);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

test('bad options are refused', () => {
  expect(() => huber({ delta: 0 })).toThrow('huber.delta');
  expect(() => binaryFocalCrossentropy({ alpha: 2 })).toThrow('binaryFocalCrossentropy.alpha');
  expect(() => categoricalFocalCrossentropy({ gamma: -1 })).toThrow('categoricalFocalCrossentropy.gamma');
  expect(() => binaryCrossentropy({ labelSmoothing: 1 })).toThrow('binaryCrossentropy.labelSmoothing');
});
