import { describe, expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { lower } from '../compile/lower.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { philox4x32 } from '../nest/philox.ts';
import { purposeKey } from '../nest/purpose.ts';
import { splitSeed } from '../nest/seed.ts';
import { createInterpreter } from '../runtime/interpreter.ts';
import * as ops from './index.ts';

const seed = 2 ** 40 + 12345;

/** Runs a graph for an optimizer step; its outputs by name. */
function run(
  outputs: Readonly<Record<string, Node>>,
  batchSize: number,
  options: { step?: number; x?: readonly number[] } = {},
): Record<string, readonly number[]> {
  const program = lower({ name: 'random', outputs, updates: [] }, { batchSize, lanes: 1, steps: 1 });
  const executor = createInterpreter([program]);
  const [low, high] = splitSeed(seed);
  executor.writeStepValue('random', 'seed.low', 0, [low | 0]);
  executor.writeStepValue('random', 'seed.high', 0, [high | 0]);
  executor.writeStepValue('random', 'step', 0, [options.step ?? 0]);
  if (options.x) executor.writeInput('x', options.x);
  executor.run('random', 0);
  return Object.fromEntries(
    Object.keys(outputs).map((name) => [name, Array.from(executor.readResult('random', name, 0))]),
  );
}

const word = (element: number, row: number, step: number, purpose: string): number =>
  (philox4x32([element, row, step, purposeKey(purpose)], splitSeed(seed))[0] ?? 0) | 0;

describe('keys', () => {
  test('element, row, step and purpose are the counter', () => {
    const middle = ops.randomBits({ shape: [2, 3, 4], batchAxis: 1 }, { purpose: 'layers.0' });
    const wanted = [0, 1].flatMap((a) =>
      [0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((c) => word(a * 4 + c, row, 7, 'layers.0'))),
    );
    expect(run({ y: middle }, 3, { step: 7 })['y']).toEqual(wanted);
  });

  test('without a mini-batch all elements belong to row 0', () => {
    const bits = ops.randomBits({ shape: [2, 3] }, { purpose: 'w' });
    expect(run({ y: bits }, 0)['y']).toEqual([0, 1, 2, 3, 4, 5].map((element) => word(element, 0, 0, 'w')));
  });

  test('a row has the same numbers in any batch', () => {
    const rows = (size: number): readonly number[] =>
      run({ y: ops.normal({ shape: [size, 3], batchAxis: 0 }, { purpose: 'noise' }) }, size)['y'] ?? [];
    expect(rows(9).slice(0, 15)).toEqual(rows(5));
  });
});

describe('distributions', () => {
  const shape = [40_000];
  const moment = (values: readonly number[], power: number, about: number): number =>
    values.reduce((total, value) => total + (value - about) ** power, 0) / values.length;

  test('uniform: moments, and the ends', () => {
    const y = run({ y: ops.uniform({ shape }, { purpose: 'u', low: -1, high: 3 }) }, 0)['y'] ?? [];
    // Standard errors at 40,000: mean 0.006, variance 0.006.
    expect(moment(y, 1, 0)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(y, 2, 1) - 16 / 12)).toBeLessThan(0.03);
    expect(Math.min(...y)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...y)).toBeLessThanOrEqual(3);
  });

  test('normal: the first four moments', () => {
    const y = run({ y: ops.normal({ shape }, { purpose: 'n', mean: 2, deviation: 3 }) }, 0)['y'] ?? [];
    const z = y.map((value) => (value - 2) / 3);
    expect(Math.abs(moment(z, 1, 0))).toBeLessThan(0.025);
    expect(Math.abs(moment(z, 2, 0) - 1)).toBeLessThan(0.035);
    expect(Math.abs(moment(z, 3, 0))).toBeLessThan(0.1);
    expect(Math.abs(moment(z, 4, 0) - 3)).toBeLessThan(0.3);
  });

  test('bernoulli', () => {
    const mask = ops.bernoulli({ shape }, { purpose: 'b', probability: 0.3 });
    const y = run({ y: ops.cast(mask, 'float32') }, 0)['y'] ?? [];
    expect(Math.abs(moment(y, 1, 0) - 0.3)).toBeLessThan(0.012);
  });
});

describe('dropout', () => {
  const x = input('x', { shape: [50, 8], batchAxis: 0 });
  const values = Array.from({ length: 400 }, (_, at) => at + 1);

  test('keeps and scales, and the gradient passes where it kept', () => {
    const y = ops.dropout(x, 0.25, { purpose: 'drop' });
    const [gradient] = grad(ops.sum(y), [x]);
    const found = run({ y, ...(gradient && { gradient }) }, 50, { x: values });
    const scale = Math.fround(1 / 0.75);
    const kept = (found['y'] ?? []).map((value) => value !== 0);
    expect(found['y']).toEqual(
      values.map((value, at) => (kept[at] === true ? Math.fround(value * scale) : 0)),
    );
    expect(found['gradient']).toEqual(kept.map((keep) => (keep ? scale : 0)));
    const share = kept.filter(Boolean).length / 400;
    expect(Math.abs(share - 0.75)).toBeLessThan(0.11);
  });

  test('other steps drop other elements', () => {
    const outputs = { y: ops.dropout(x, 0.5, { purpose: 'drop' }) };
    expect(run(outputs, 50, { x: values, step: 1 })).not.toEqual(run(outputs, 50, { x: values, step: 2 }));
  });

  test('rate 0 is the input itself; a rate of 1 is refused', () => {
    expect(ops.dropout(x, 0, { purpose: 'drop' })).toBe(x);
    expect(() => ops.dropout(x, 1, { purpose: 'drop' })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  });
});
