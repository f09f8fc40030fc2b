/** Instructions of one function as indented lines in the WebAssembly text format. */
export class Listing {
  readonly #lines: string[] = [];
  #indent = 1;

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#indent) + text);
  }

  /** A line above all others. */
  first(text: string): void {
    this.#lines.unshift(`  ${text}`);
  }

  /** A line that opens a block. */
  open(text: string): void {
    this.line(text);
    this.#indent++;
  }

  /** A line that closes a block. */
  close(text: string): void {
    this.#indent--;
    this.line(text);
  }

  /** A line that closes one arm and opens the next. */
  turn(text: string): void {
    this.close(text);
    this.#indent++;
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

/** A name as a trailing remark, or nothing. */
export function remark(name: string): string {
  return name === '' ? '' : ` (; ${name.replaceAll(/[(;)]/g, '_')} ;)`;
}

/** A float as the text format reads it back to the same bits. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('Infinity', 'inf');
}

/** The float32 with this bit pattern, with the payload of a NaN. */
export function f32BitsText(bits: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  const value = view.getFloat32(0);
  if (!Number.isNaN(value)) return floatText(value);
  return `${bits >>> 31 === 1 ? '-' : ''}nan:0x${(bits & 0x7fffff).toString(16)}`;
}
