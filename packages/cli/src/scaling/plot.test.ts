import { expect, it } from 'vitest';
import { scalingPlot } from './plot.ts';
import type { ScalingRow } from './summary.ts';

const row = (workers: number, rate: number, wait: number): ScalingRow => ({
  workers,
  samplesPerSecond: { median: rate, least: rate * 0.9, most: rate * 1.1 },
  speedUp: { median: rate / 1000, least: 0, most: 9 },
  efficiency: rate / 1000 / workers,
  shares: { compute: 0.9 - wait, update: 0.1, wait },
  waitPerStep: 3,
});

const svg = scalingPlot('a < b & c', [row(1, 1000, 0), row(2, 1900, 0.1), row(4, 3000, 0.5)]);

/** The numbers of an attribute of all elements of a kind. */
const attributes = (element: string, name: string): number[] =>
  [...svg.matchAll(new RegExp(`<${element} [^>]*\\b${name}="([-\\d.]+)"`, 'g'))].map(([, value]) =>
    Number(value),
  );

it('draws a point for each number of workers, in proportion', () => {
  const [x, y] = [attributes('circle', 'cx'), attributes('circle', 'cy')];
  expect(x).toHaveLength(3);
  // From the origin of the axes at (80, 300).
  const [one = 0, two = 0, four = 0] = x.map((value) => value - 80);
  expect([two / one, four / one].map((ratio) => Math.round(10 * ratio) / 10)).toEqual([2, 4]);
  const heights = y.map((value) => 300 - value);
  expect((heights[1] ?? 0) / (heights[0] ?? 1)).toBeCloseTo(1.9, 1);
  expect((heights[2] ?? 0) / (heights[0] ?? 1)).toBeCloseTo(3, 1);
});

it('stacks the shares of time to one whole', () => {
  const bars = [
    ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"[^>]*><title>(\w+)/g),
  ];
  expect(bars).toHaveLength(9);
  const last = bars.slice(6).map(([, , y, height, kind]) => ({ y: Number(y), height: Number(height), kind }));
  expect(last.map(({ kind }) => kind)).toEqual(['compute', 'update', 'wait']);
  const total = last.reduce((sum, { height }) => sum + height, 0);
  expect(last.map(({ height }) => height / total)).toEqual([
    expect.closeTo(0.4, 2),
    expect.closeTo(0.1, 2),
    expect.closeTo(0.5, 2),
  ]);
  expect((last[0]?.y ?? 0) + (last[0]?.height ?? 0)).toBeCloseTo(300, 0);
});

it('is well-formed', () => {
  expect(svg).toContain('>a &lt; b &amp; c<');
  const open: string[] = [];
  for (const [, closing, name = '', attributeText = ''] of svg.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (!attributeText.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|undefined/);
});
