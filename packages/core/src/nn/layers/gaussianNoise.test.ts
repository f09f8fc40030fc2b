import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { gaussianNoise } from './gaussianNoise.ts';

const cases: readonly LayerCase[] = [
  { name: 'noise in evaluation', layer: gaussianNoise(3), shape: [5, 7], wanted: (x) => x },
  { name: 'no noise in training', layer: gaussianNoise(0), shape: [5, 7], training: true, wanted: (x) => x },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('in training the noise has its deviation and mean 0, and is another one in every step', () => {
  const { scope } = createScope({ training: true });
  const y = gaussianNoise(0.5).build(input('x', { shape: [50, 40], batchAxis: 0 }), scope.child('here'));
  const noise = (step: number) =>
    runOnce({ y }, { x: new Float32Array(2000).fill(3), step: [step] }, { batchSize: 50 }).y.map(
      (v) => v - 3,
    );
  const first = noise(0);
  const mean = first.reduce((a, b) => a + b, 0) / 2000;
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2000;
  // 2000 draws: the mean is within 5 standard errors, the deviation within 10%.
  expect(Math.abs(mean)).toBeLessThan((5 * 0.5) / Math.sqrt(2000));
  expect(Math.abs(Math.sqrt(variance) / 0.5 - 1)).toBeLessThan(0.1);
  expect(noise(0)).toEqual(first);
  expect(noise(1)).not.toEqual(first);
});

test('a negative deviation is refused', () => {
  expect(() => gaussianNoise(-1)).toThrow('gaussianNoise.deviation');
});
