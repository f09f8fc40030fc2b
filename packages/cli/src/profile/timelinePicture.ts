import type { Span, TrainResult } from '@lockstep/parallel';
import { scaleLinear } from 'd3-scale';
import { at, box, escaped, picture } from './svg.ts';

const width = 1000;
const left = 60;
const top = 60;
const rowHeight = 34;
/** Steps that are drawn. */
const shownSteps = 3;

const colours = { compute: '#7fa6d9', update: '#9cc98a', wait: '#e3e3e3' } as const;
const kinds = ['compute', 'update', 'wait'] as const;

/** The steps to draw: of all rows of so many, the one that took neither long nor short. */
function typicalSteps(spans: readonly Span[]): ReadonlySet<number> {
  const ranges = new Map<number, { start: number; end: number }>();
  for (const { step, start, end } of spans)
    ranges.set(step, { start: ranges.get(step)?.start ?? start, end });
  const numbers = [...ranges.keys()];
  const rows = numbers.slice(0, Math.max(1, numbers.length - shownSteps + 1)).map((_, first) => {
    const row = numbers.slice(first, first + shownSteps);
    const start = ranges.get(row[0] ?? 0)?.start ?? 0;
    return { row, time: (ranges.get(row.at(-1) ?? 0)?.end ?? 0) - start };
  });
  const sorted = rows.sort((a, b) => a.time - b.time);
  return new Set(sorted[sorted.length >> 1]?.row);
}

const label = (time: number): string =>
  time >= 1000 ? `${Math.round(time / 100) / 10} ms` : `${Math.round(time * 10) / 10} µs`;

/**
 * A few typical steps of all threads, one below the other.
 *
 * @param title - one line, plain text
 * @returns SVG
 */
export function timelinePicture(
  title: string,
  { timelines, threads }: Pick<TrainResult, 'timelines' | 'threads'>,
): string {
  const steps = typicalSteps(timelines[0] ?? []);
  const shown = timelines.map((spans) => spans.filter(({ step }) => steps.has(step)));
  const origin = Math.min(...shown.map((spans) => spans[0]?.start ?? Number.POSITIVE_INFINITY));
  const end = Math.max(...shown.map((spans) => spans.at(-1)?.end ?? 0));
  const x = scaleLinear([0, 1000 * (end - origin)], [left, width - 10]);
  const bottom = top + rowHeight * timelines.length;
  const boundaries = [...steps].map((number) => {
    const starts = shown.map((spans) => spans.find(({ step }) => step === number)?.start ?? end);
    return { number, x: x(1000 * (Math.min(...starts) - origin)) };
  });
  return picture(width, bottom + 34, title, [
    `<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escaped(title)}</text>`,
    ...kinds.map(
      (kind, position) =>
        `<rect x="${left + 80 * position}" y="32" width="10" height="10" fill="${colours[kind]}"/><text x="${left + 80 * position + 14}" y="41">${kind}</text>`,
    ),
    ...x
      .ticks(6)
      .flatMap((tick) => [
        `<line x1="${at(x(tick))}" y1="${top - 6}" x2="${at(x(tick))}" y2="${bottom + 4}" stroke="#eee"/>`,
        `<text x="${at(x(tick))}" y="${bottom + 18}" text-anchor="middle">${label(tick)}</text>`,
      ]),
    ...shown.flatMap((spans, rank) => [
      `<text x="${left - 8}" y="${top + rank * rowHeight + 19}" text-anchor="end">${threads[rank]}</text>`,
      ...spans.map(({ kind, phase, start, end: until }) => {
        const time = 1000 * (until - start);
        const from = x(1000 * (start - origin));
        const shape = {
          x: from,
          y: top + rank * rowHeight,
          width: Math.max(0.2, x(1000 * (until - origin)) - from - 0.3),
          height: rowHeight - 6,
        };
        const name = kind === 'wait' ? 'wait' : `phase ${phase}`;
        return box(shape, colours[kind], name, `${kind} phase ${phase}: ${label(time)}`);
      }),
    ]),
    ...boundaries.flatMap(({ number, x: edge }) => [
      `<line x1="${at(edge)}" y1="${top - 8}" x2="${at(edge)}" y2="${bottom}" stroke="#666"/>`,
      `<text x="${at(edge + 3)}" y="${top - 4}" fill="#666">step ${number}</text>`,
    ]),
  ]);
}
