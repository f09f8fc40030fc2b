import { scaleBand, scaleLinear } from 'd3-scale';
import type { ScalingRow } from './summary.ts';

const width = 760;
const height = 360;
const top = 56;
const bottom = 300;
/** The two panels, from left to right edge. */
const rates = { left: 80, right: 420 };
const times = { left: 500, right: 740 };

const colours = { compute: '#3b6fb6', update: '#7fb069', wait: '#d8d8d8' } as const;
const kinds = ['compute', 'update', 'wait'] as const;

/** A number as short as SVG needs it. */
const at = (value: number): string => String(Math.round(value * 10) / 10);

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${at(x)}" y="${at(y)}" ${attributes}>${content}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number, attributes: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" ${attributes}/>`;

/** Samples a second over workers, with the rounds' range, beside what perfect scaling would be. */
function ratePanel(rows: readonly ScalingRow[]): string[] {
  const sorted = rows.toSorted((a, b) => a.workers - b.workers);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return [];
  const perWorker = first.samplesPerSecond.median / first.workers;
  const most = Math.max(
    perWorker * last.workers,
    ...rows.map(({ samplesPerSecond }) => samplesPerSecond.most),
  );
  const x = scaleLinear([0, last.workers], [rates.left, rates.right]);
  const y = scaleLinear([0, most], [bottom, top]).nice();
  const points = sorted.map(
    ({ workers, samplesPerSecond }) => `${at(x(workers))},${at(y(samplesPerSecond.median))}`,
  );
  const label = y.tickFormat(5, '~s');
  return [
    ...y
      .ticks(5)
      .flatMap((tick) => [
        line(rates.left, y(tick), rates.right, y(tick), 'stroke="#eee"'),
        text(rates.left - 8, y(tick) + 4, label(tick), 'text-anchor="end"'),
      ]),
    line(x(0), y(0), x(last.workers), y(perWorker * last.workers), 'stroke="#999" stroke-dasharray="4 4"'),
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.compute}" stroke-width="2"/>`,
    ...sorted.flatMap(({ workers, samplesPerSecond: { median, least, most: largest } }) => [
      line(x(workers), y(least), x(workers), y(largest), `stroke="${colours.compute}"`),
      `<circle cx="${at(x(workers))}" cy="${at(y(median))}" r="4" fill="${colours.compute}"/>`,
      text(x(workers), bottom + 18, String(workers), 'text-anchor="middle"'),
    ]),
    text(rates.left, top - 12, 'samples/s (dashed: perfect scaling)'),
  ];
}

/** Where the workers' time goes, as stacked bars. */
function timePanel(rows: readonly ScalingRow[]): string[] {
  const x = scaleBand(
    rows.map(({ workers }) => String(workers)),
    [times.left, times.right],
  ).padding(0.3);
  const y = scaleLinear([0, 1], [bottom, top]);
  return [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
      line(times.left, y(tick), times.right, y(tick), 'stroke="#eee"'),
      text(times.left - 8, y(tick) + 4, `${100 * tick}%`, 'text-anchor="end"'),
    ]),
    ...rows.flatMap(({ workers, shares }) => {
      const left = x(String(workers)) ?? 0;
      let below = 0;
      const bars = kinds.map((kind) => {
        const from = below;
        below += shares[kind];
        return `<rect x="${at(left)}" y="${at(y(below))}" width="${at(x.bandwidth())}" height="${at(y(from) - y(below))}" fill="${colours[kind]}"><title>${kind} ${at(100 * shares[kind])}%</title></rect>`;
      });
      return [...bars, text(left + x.bandwidth() / 2, bottom + 18, String(workers), 'text-anchor="middle"')];
    }),
    ...kinds.flatMap((kind, position) => [
      `<rect x="${times.left + 84 * position}" y="${top - 22}" width="10" height="10" fill="${colours[kind]}"/>`,
      text(times.left + 84 * position + 15, top - 12, kind),
    ]),
  ];
}

/**
 * The scaling of a run as an SVG image: throughput over workers on the left, shares of time on the right.
 *
 * @param title - one line, plain text
 */
export function scalingPlot(title: string, rows: readonly ScalingRow[]): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(width / 2, 22, escaped, 'text-anchor="middle" font-size="15"'),
    ...ratePanel(rows),
    ...timePanel(rows),
    ...[rates, times].map(({ left, right }) =>
      text((left + right) / 2, bottom + 42, 'workers', 'text-anchor="middle"'),
    ),
    '</svg>\n',
  ].join('\n');
}
