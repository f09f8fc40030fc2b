/** A number as short as SVG needs it. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

/** Text as XML wants it. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Width of a character of a font of 11, roughly. */
const characterWidth = 6.2;

/** As much of a text as fits; nothing if that would be a few letters. */
export function fitting(text: string, width: number): string {
  const room = Math.floor(width / characterWidth);
  if (text.length <= room) return text;
  return room < 4 ? '' : `${text.slice(0, room - 1)}…`;
}

/** A rectangle with a text in it, as much as fits, and all of it where the mouse is. */
export function box(
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  fill: string,
  text: string,
  title: string,
): string {
  const { x, y, width, height } = place;
  const shown = fitting(text, width - 6);
  const label =
    shown === '' ? '' : `<text x="${at(x + 3)}" y="${at(y + height / 2 + 4)}">${escaped(shown)}</text>`;
  return `<g><title>${escaped(title)}</title><rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${fill}"/>${label}</g>`;
}

/** A picture on white, with a title for who cannot see it. */
export function picture(width: number, height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${at(height)}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${at(height)}" fill="white"/>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}
