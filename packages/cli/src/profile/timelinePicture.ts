import type { ModeName, Span, TrainResult } from '@lockstep/parallel';
import { scaleLinear } from 'd3-scale';
import { at, box, escaped, picture } from './svg.ts';

const width = 1000;
const left = 60;
const top = 60;
const rowHeight = 34;
/** Steps that are drawn. */
const shownSteps = 3;
/** The same of a rank that makes whole steps: as many as two workers make of a round in mode `local`, so that they meet in the picture. */
const shownOwnSteps = 16;

const colours = { compute: '#7fa6d9', update: '#9cc98a', wait: '#e3e3e3' } as const;
const kinds = ['compute', 'update', 'wait'] as const;

/** The steps to draw: of all rows of so many, the one that took neither long nor short. */
function typicalSteps(spans: readonly Span[], length: number): ReadonlySet<number> {
  const ranges = new Map<number, { start: number; end: number }>();
  for (const { step, start, end } of spans)
    ranges.set(step, { start: ranges.get(step)?.start ?? start, end });
  const numbers = [...ranges.keys()];
  const rows = numbers.slice(0, Math.max(1, numbers.length - length + 1)).map((_, first) => {
    const row = numbers.slice(first, first + length);
    const start = ranges.get(row[0] ?? 0)?.start ?? 0;
    return { row, time: (ranges.get(row.at(-1) ?? 0)?.end ?? 0) - start };
  });
  const sorted = rows.sort((a, b) => a.time - b.time);
  return new Set(sorted[sorted.length >> 1]?.row);
}

/** What is drawn of the spans of all threads, and the steps that have a line where they begin. */
interface Shown {
  readonly shown: readonly (readonly Span[])[];
  readonly steps: ReadonlySet<number>;
}

/** A few steps that all ranks share. */
function sharedSteps(timelines: readonly (readonly Span[])[]): Shown {
  const steps = typicalSteps(timelines[0] ?? [], shownSteps);
  return { shown: timelines.map((spans) => spans.filter(({ step }) => steps.has(step))), steps };
}

/** The time in which rank 0 makes a few steps by itself, and what others do meanwhile. */
function ownSteps(timelines: readonly (readonly Span[])[]): Shown {
  const steps = typicalSteps(timelines[0] ?? [], shownOwnSteps);
  const own = timelines[0]?.filter(({ step }) => steps.has(step)) ?? [];
  const [from, to] = [own[0]?.start ?? 0, own.at(-1)?.end ?? 0];
  const shown = timelines.map((spans) =>
    spans
      .filter(({ start, end }) => end > from && start < to)
      .map((span) => ({ ...span, start: Math.max(span.start, from), end: Math.min(span.end, to) })),
  );
  return { shown, steps: new Set() };
}

const label = (time: number): string =>
  time >= 1000 ? `${Math.round(time / 100) / 10} ms` : `${Math.round(time * 10) / 10} µs`;

/**
 * A few typical steps of all threads, one below the other; in a mode in which ranks make steps by themselves, the same stretch of time of
 * all.
 *
 * @param title - one line, plain text
 * @returns SVG
 */
export function timelinePicture(
  title: string,
  { timelines, threads }: Pick<TrainResult, 'timelines' | 'threads'>,
  mode: ModeName = 'sync',
): string {
  const { shown, steps } = (mode === 'sync' ? sharedSteps : ownSteps)(timelines);
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
