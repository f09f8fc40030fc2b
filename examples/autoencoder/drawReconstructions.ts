// Trains the autoencoder, and draws digits that it has not seen above what it makes of them:
//   node examples/autoencoder/drawReconstructions.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, type FitResult, fit } from '@lockstep/core';
import run from './train.ts';

const side = 8;
/** Of a pixel, and between pictures. */
const [pixel, gap] = [5, 6];
const shown = 12;

/** The gray of a brightness from 0, black, to 1; what is darker or lighter is cut off. */
function gray(brightness: number): string {
  const level = Math.round(255 * Math.min(1, Math.max(0, brightness)));
  return `#${level.toString(16).padStart(2, '0').repeat(3)}`;
}

/** A digit as squares, those of its own background left out. */
function squares(brightness: readonly number[], left: number, top: number): string {
  const drawn = brightness.flatMap((value, at) => {
    const fill = gray(value);
    const x = left + pixel * (at % side);
    const y = top + pixel * Math.floor(at / side);
    return fill === '#000000'
      ? []
      : [`<rect x="${x}" y="${y}" width="${pixel}" height="${pixel}" fill="${fill}"/>`];
  });
  return drawn.join('');
}

/** The first rows of the data set and what the network makes of them, as SVG. */
export async function drawReconstructions({ predict }: FitResult, data: Dataset): Promise<string> {
  const { pixels } = await predict(data);
  const { values = [] } = data.fields['features'] ?? {};
  const size = side * pixel;
  const pictures = Array.from({ length: shown }, (_, row) => {
    const stored = data.index?.[row] ?? row;
    const own = Array.from({ length: side * side }, (_, at) => (values[stored * side * side + at] ?? 0) / 16);
    const made = Array.from({ length: side * side }, (_, at) => pixels?.values[row * side * side + at] ?? 0);
    const left = gap + row * (size + gap);
    return [squares(own, left, gap), squares(made, left, size + 2 * gap)];
  });
  const [width, height] = [gap + shown * (size + gap), 2 * size + 3 * gap];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" shape-rendering="crispEdges">`,
    '<title>Digits above, what the autoencoder makes of them below</title>',
    `<rect width="${width}" height="${height}" fill="#000000"/>`,
    ...pictures.flat(),
    '</svg>',
    '',
  ].join('\n');
}

if (import.meta.main && run.validation !== undefined) {
  const picture = await drawReconstructions(await fit(run), run.validation);
  writeFileSync(join(import.meta.dirname, 'reconstructions.svg'), picture);
}
