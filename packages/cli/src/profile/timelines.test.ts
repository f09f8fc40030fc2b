import type { Span } from '@lockstep/parallel';
import { expect, it } from 'vitest';
import { phaseTimes } from './phaseTimes.ts';
import { timelinePicture } from './timelinePicture.ts';

/** Steps of two phases; rank 1 has less to do in phase 0, and waits. One step takes much longer. */
function timelineOf(rank: number): Span[] {
  let time = 1000;
  return [1, 2, 3, 4, 5].flatMap((step) => {
    const busy = (step === 1 ? 9 : 3) - 2 * rank;
    const span = (kind: Span['kind'], phase: number, length: number): Span => {
      const start = time;
      time += length;
      return { kind, step, phase, start, end: time };
    };
    return [span('compute', 0, busy), span('wait', 0, 2 * rank), span('update', 1, 1), span('wait', 1, 0.5)];
  });
}
const timelines = [timelineOf(0), timelineOf(1)];

it('each phase takes each rank the median of its steps', () => {
  expect(phaseTimes(timelines)).toEqual([
    { phase: 0, kind: 'compute', busy: [3000, 1000], wait: [0, 2000], longest: 3000, shortest: 1000 },
    { phase: 1, kind: 'update', busy: [1000, 1000], wait: [500, 500], longest: 1000, shortest: 1000 },
  ]);
});

it('a share that moves from rank to rank is seen in the longest and the shortest', () => {
  const compute = (step: number, length: number): Span => {
    return { kind: 'compute', step, phase: 0, start: 10 * step, end: 10 * step + length };
  };
  const ranks = [0, 1].map((rank) =>
    [1, 2, 3, 4].map((step) => compute(step, (step + rank) % 2 === 0 ? 4 : 1)),
  );
  expect(phaseTimes(ranks)).toMatchObject([{ busy: [2500, 2500], longest: 4000, shortest: 1000 }]);
});

it('a worker alone, which meets nobody inside a step, waits 0', () => {
  const alone = timelineOf(0).filter(({ kind, phase }) => kind !== 'wait' || phase === 1);
  expect(phaseTimes([alone])[0]).toMatchObject({ phase: 0, kind: 'compute', busy: [3000], wait: [0] });
});

it('the picture has three typical steps, one rank below the other, to scale', () => {
  const svg = timelinePicture('small & typical', { timelines, threads: ['rank 0', 'server'] });
  expect([...svg.matchAll(/"end">([^<]+)</g)].map(([, name]) => name)).toEqual(['rank 0', 'server']);
  expect([...svg.matchAll(/>step (\d)</g)].map(([, step]) => step)).toEqual(['3', '4', '5']);
  const widths = (title: string): number[] =>
    [...svg.matchAll(new RegExp(`<title>${title}</title><rect [^>]*width="([\\d.]+)"`, 'g'))].map(
      ([, width]) => Number(width),
    );
  // 13.5 ms on 930 pixels, 0.3 of them between two boxes.
  expect(widths('compute phase 0: 3 ms')).toEqual([206.4, 206.4, 206.4]);
  expect(widths('wait phase 0: 2 ms')).toEqual([137.5, 137.5, 137.5]);
  expect(widths('compute phase 0: 1 ms')).toEqual([68.6, 68.6, 68.6]);
});

it('nothing is recorded: the picture is empty', () => {
  expect(timelinePicture('nothing', { timelines: [[], []], threads: ['rank 0', 'rank 1'] })).toMatch(
    /^<svg .*<\/svg>\n$/s,
  );
});

it('where ranks make steps by themselves the picture has what all do in the time of one', () => {
  const update = (step: number, start: number, end: number): Span => {
    return { kind: 'update', step, phase: 0, start, end };
  };
  const first = Array.from({ length: 16 }, (_, at) => update(2 * at, 1000 + at, 1001 + at));
  // From 2 ms before to 2 ms after it.
  const second = [998, 1003, 1008, 1013].map((start, at) => update(2 * at + 1, start, start + 5));
  const threads = ['rank 0', 'rank 1'];
  const svg = timelinePicture('apart', { timelines: [first, second], threads }, 'stale');
  const widths = [...svg.matchAll(/<title>update phase 0: (\d) ms<\/title><rect [^>]*width="([\d.]+)"/g)];
  // 16 ms on 930 pixels, 0.3 of them between two boxes.
  expect(widths.map(([, time, width]) => [time, width])).toEqual([
    ...first.map(() => ['1', '57.8']),
    ['3', '174.1'],
    ['5', '290.3'],
    ['5', '290.3'],
    ['3', '174.1'],
  ]);
  expect(svg).not.toContain('>step ');
});
