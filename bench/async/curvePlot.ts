import { scaleLinear, scaleLog } from 'd3-scale';
import type { CurvePoint } from './timeToLoss.ts';

/** A line of a panel. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

const width = 760;
const height = 370;
const top = 80;
const bottom = 310;
/** Left and right edges of the two panels. */
const edges = [
  { left: 60, right: 370 },
  { left: 440, right: 750 },
] as const;
const colours = ['#333333', '#d1495b', '#3b6fb6', '#7fb069', '#e0a030'];

/** A number as short as SVG needs it. */
const at = (value: number): string => String(Math.round(value * 10) / 10);

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${at(x)}" y="${at(y)}" ${attributes}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number, attributes: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" ${attributes}/>`;

/** Loss, on a logarithmic axis, over seconds. */
function drawPanel(
  panel: Panel,
  { left, right }: (typeof edges)[number],
  losses: readonly [number, number],
  target: number,
): string[] {
  const points = panel.curves.flatMap((curve) => curve.points);
  const x = scaleLinear([0, Math.max(...points.map(({ seconds }) => seconds))], [left, right]);
  const y = scaleLog(losses, [bottom, top]);
  const label = y.tickFormat(6, '~g');
  return [
    text((left + right) / 2, top - 12, panel.title, 'text-anchor="middle"'),
    ...y
      .ticks(6)
      .flatMap((tick) => [
        line(left, y(tick), right, y(tick), 'stroke="#eee"'),
        text(left - 6, y(tick) + 4, label(tick), 'text-anchor="end"'),
      ]),
    ...x.ticks(5).map((tick) => text(x(tick), bottom + 18, `${tick}`, 'text-anchor="middle"')),
    line(left, y(target), right, y(target), 'stroke="#999" stroke-dasharray="4 4"'),
    ...panel.curves.flatMap((curve, number) => {
      const colour = colours[number % colours.length] ?? '';
      const places = curve.points.map(({ seconds, loss }) => `${at(x(seconds))},${at(y(loss))}`);
      return [
        `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"><title>${curve.name}</title></polyline>`,
        ...curve.points.map(
          ({ seconds, loss }) =>
            `<circle cx="${at(x(seconds))}" cy="${at(y(loss))}" r="2" fill="${colour}"/>`,
        ),
      ];
    }),
  ];
}

/**
 * Loss over time as an SVG image, in two panels of the same scale of losses.
 *
 * @param title - one line, plain text
 * @param target - the loss that is to be reached, drawn as a dashed line
 */
export function curvePlot(title: string, panels: readonly [Panel, Panel], target: number): string {
  const losses = panels.flatMap(({ curves }) =>
    curves.flatMap(({ points }) => points.map(({ loss }) => loss)),
  );
  const range = [Math.min(target, ...losses) / 1.05, Math.max(target, ...losses) * 1.05] as const;
  const names = panels[0].curves.map(({ name }) => name);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(width / 2, 22, title, 'text-anchor="middle" font-size="15"'),
    ...names.flatMap((name, number) => [
      `<rect x="${100 * number + 140}" y="36" width="10" height="10" fill="${colours[number % colours.length] ?? ''}"/>`,
      text(100 * number + 155, 46, name),
    ]),
    ...panels.flatMap((panel, number) => drawPanel(panel, edges[number === 0 ? 0 : 1], range, target)),
    ...edges.map(({ left, right }) =>
      text((left + right) / 2, bottom + 40, 'seconds of training', 'text-anchor="middle"'),
    ),
    '</svg>\n',
  ].join('\n');
}
