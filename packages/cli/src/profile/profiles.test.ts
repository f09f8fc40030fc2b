import { expect, it } from 'vitest';
import { flamePicture } from './flamePicture.ts';
import { selfTimes } from './selfTimes.ts';
import { type CpuProfile, trimProfile } from './trimProfile.ts';

const node = (
  id: number,
  functionName: string,
  url: string,
  children: number[] = [],
): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 9, columnNumber: 0 },
  hitCount: 1,
  children,
  positionTicks: [{ line: 1, ticks: 1 }],
});

const wasm = 'wasm://wasm/0001';
/** A rank that computes in two phases, in machine code too, and waits. */
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', '', [2, 10]),
    node(2, '#step', 'file:///somewhere/rank.ts', [3, 6, 7]),
    node(3, 'train.0', wasm, [4, 8]),
    node(4, 'matmul 4x4x4', wasm, [5]),
    node(5, 'run', 'file:///somewhere/products.ts'),
    node(6, 'barrier', 'file:///somewhere/rankControl.ts', [9]),
    node(7, 'train.1', wasm, [11]),
    node(8, 'relu & more 4x4', wasm),
    node(9, 'load', 'file:///somewhere/words.ts'),
    node(10, '(garbage collector)', ''),
    node(11, 'matmul 4x4x4', wasm),
  ],
  startTime: 1000,
  endTime: 1100,
  samples: [10, 4, 5, 9, 11, 8, 9, 2],
  timeDeltas: [10, 10, 10, 10, 20, 10, 10, 20],
};

it('time is that of kernels by phase, machine code in them included, and of waiting', () => {
  expect(selfTimes(profile, true)).toEqual([
    { name: 'matmul 4x4x4', place: 'phase 0', share: 0.2 },
    { name: '(waiting for other ranks)', place: '', share: 0.2 },
    { name: 'matmul 4x4x4', place: 'phase 1', share: 0.2 },
    { name: '#step', place: 'rank.ts:10', share: 0.2 },
    { name: '(garbage collector)', place: '', share: 0.1 },
    { name: 'relu & more 4x4', place: 'phase 0', share: 0.1 },
  ]);
  // What a barrier is to a rank may be anything in another thread.
  expect(selfTimes(profile, false)).toContainEqual({ name: 'load', place: 'words.ts:10', share: 0.2 });
});

it('a wait for one thread alone is a wait for others too', () => {
  const nodes = profile.nodes.map((each) =>
    each.callFrame.functionName === 'barrier'
      ? node(each.id, 'waitFor', 'file:///x.ts', each.children)
      : each,
  );
  expect(selfTimes({ ...profile, nodes }, true)).toContainEqual({
    name: '(waiting for other ranks)',
    place: '',
    share: 0.2,
  });
});

it('a part of a profile has the samples of its time, and the functions that these were in', () => {
  const part = trimProfile(profile, 1015, 1045);
  expect(part).toMatchObject({
    startTime: 1020,
    endTime: 1040,
    samples: [4, 5, 9],
    timeDeltas: [0, 10, 10],
  });
  expect(part.nodes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 9]);
  expect(part.nodes.map(({ hitCount }) => hitCount)).toEqual([0, 0, 0, 1, 1, 0, 1]);
  for (const { children = [] } of part.nodes)
    for (const child of children) expect(part.nodes.map(({ id }) => id)).toContain(child);
  expect(part.nodes.every((each) => each.positionTicks === undefined)).toBe(true);
});

it('a part in which nothing happened is empty, and can be drawn', () => {
  const part = trimProfile(profile, 5000, 6000);
  expect(part.samples).toEqual([]);
  expect(selfTimes(part, true)).toEqual([]);
  expect(flamePicture('nothing', part)).toMatch(/^<svg .*<\/svg>\n$/s);
});

it('the flame graph is as wide as time, its boxes on those that called them', () => {
  const svg = flamePicture('a < b', profile);
  const boxes = new Map(
    [...svg.matchAll(/<title>(.*?)<\/title><rect x="(.*?)" y="(.*?)" width="(.*?)"/g)].map(
      ([, title = '', x, y, width]) => [title, { x: Number(x), y: Number(y), width: Number(width) }],
    ),
  );
  expect(svg).toContain('a &lt; b');
  const of = (title: string) => boxes.get(title) ?? { x: Number.NaN, y: Number.NaN, width: Number.NaN };
  const [step, phase, relu] = [
    of('#step (rank.ts:10) 90.0 %'),
    of('train.0 30.0 %'),
    of('relu &amp; more 4x4 10.0 %'),
  ];
  expect(of('(root) 100.0 %').width).toBeCloseTo(1000, 0);
  expect([step.width, phase.width, relu.width].map(Math.round)).toEqual([900, 300, 100]);
  expect(phase.y - step.y).toBe(relu.y - phase.y);
  expect(relu.x).toBeGreaterThanOrEqual(phase.x);
  expect(relu.x + relu.width).toBeLessThanOrEqual(phase.x + phase.width + 0.5);
});
