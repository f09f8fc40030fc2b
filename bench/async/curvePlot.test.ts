import { expect, it } from 'vitest';
import { curvePlot } from './curvePlot.ts';

const even = {
  title: 'even',
  curves: [
    {
      name: 'sync',
      points: [
        { seconds: 1, loss: 1 },
        { seconds: 2, loss: 0.1 },
      ],
    },
    {
      name: 'hogwild',
      points: [
        { seconds: 0.5, loss: 1 },
        { seconds: 1, loss: 0.1 },
      ],
    },
  ],
};
const slow = {
  title: 'slow',
  curves: [
    {
      name: 'sync',
      points: [
        { seconds: 2, loss: 1 },
        { seconds: 4, loss: 0.01 },
      ],
    },
  ],
};

/** The points of each line. */
function lines(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number)),
  );
}

it('draws seconds in proportion, from the left edge of each panel', () => {
  const [first, second] = lines(curvePlot('a', [even, slow], 0.5));
  const from = (left: number, points: number[][] | undefined): number[] =>
    (points ?? []).map(([x = 0]) => x - left);
  expect(from(60, first)).toEqual([155, 310]);
  expect(from(60, second)).toEqual([77.5, 155]);
});

it('draws losses by their logarithm, on the same scale in both panels', () => {
  const [first, , third] = lines(curvePlot('a', [even, slow], 0.5));
  const heights = (points: number[][] | undefined): number[] => (points ?? []).map(([, y = 0]) => y);
  const [one = 0, tenth = 0] = heights(first);
  const [alsoOne = 0, hundredth = 0] = heights(third);
  expect(alsoOne).toBe(one);
  expect((hundredth - one) / (tenth - one)).toBeCloseTo(2, 1);
});

it('escapes what is text', () => {
  expect(curvePlot('a < b & c', [even, slow], 0.5)).toContain('>a &lt; b &amp; c<');
});
