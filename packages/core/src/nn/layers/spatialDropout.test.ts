import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { spatialDropout } from './spatialDropout.ts';

const cases: readonly LayerCase[] = [
  { name: 'in evaluation', layer: spatialDropout(0.5), shape: [3, 4, 5], wanted: (x) => x },
  { name: 'at rate 0', layer: spatialDropout(0), shape: [3, 4, 5], training: true, wanted: (x) => x },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('in training whole channels are dropped, about so many of them, and the rest is scaled', () => {
  const [rows, positions, channels] = [40, 6, 25];
  const { scope } = createScope({ training: true });
  const x = input('x', { shape: [rows, 2, 3, channels], batchAxis: 0 });
  const y = spatialDropout(0.2).build(x, scope.child('here'));
  const values = runOnce(
    { y },
    { x: new Float32Array(rows * positions * channels).fill(4) },
    { batchSize: rows },
  ).y;
  let dropped = 0;
  for (let row = 0; row < rows; row += 1)
    for (let channel = 0; channel < channels; channel += 1) {
      const seen = Array.from(
        { length: positions },
        (_, at) => values[(row * positions + at) * channels + channel],
      );
      expect(new Set(seen).size).toBe(1);
      expect([0, 5]).toContain(seen[0]);
      if (seen[0] === 0) dropped += 1;
    }
  // 1000 draws of probability 1/5: mean 200, standard deviation 12.6.
  expect(Math.abs(dropped - 200)).toBeLessThan(60);
});

test('a rate of 1 is refused', () => {
  expect(() => spatialDropout(1)).toThrow('spatialDropout.rate');
});
