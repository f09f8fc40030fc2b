const utf8 = new TextEncoder();

/** Bits of the canonical NaN, which is what a JavaScript NaN is written as: its own payload is not observable. */
const canonicalNaN32 = 0x7fc00000;
const canonicalNaN64 = 0x7ff8000000000000n;

/** A growing byte string, written in the encodings of the WebAssembly binary format. */
export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Makes room for `count` more bytes, moves the end behind them and returns where they start. */
  #extend(count: number): number {
    const start = this.#length;
    this.#length = start + count;
    if (this.#length > this.#bytes.length) this.#grow(this.#length);
    return start;
  }

  u8(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length++] = value;
  }

  /** Unsigned LEB128 of 0 .. 2^32 - 1. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  /** Signed LEB128 of the low 32 bits. */
  s32(value: number): void {
    let rest = value | 0;
    // Bit 6 of the last byte is its sign, so a value ends where all that is left repeats that bit.
    while (rest < -0x40 || rest > 0x3f) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.u8(rest & 0x7f);
  }

  /** Signed LEB128 of the low 64 bits. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.u8(Number(rest & 0x7fn));
  }

  /** Four bytes, little-endian. */
  bits32(bits: number): void {
    const at = this.#extend(4);
    this.#view.setUint32(at, bits, true);
  }

  /** Eight bytes, little-endian. */
  bits64(bits: bigint): void {
    const at = this.#extend(8);
    this.#view.setBigUint64(at, bits, true);
  }

  /** The value rounded to float32. */
  f32(value: number): void {
    if (Number.isNaN(value)) {
      this.bits32(canonicalNaN32);
      return;
    }
    const at = this.#extend(4);
    this.#view.setFloat32(at, value, true);
  }

  f64(value: number): void {
    if (Number.isNaN(value)) {
      this.bits64(canonicalNaN64);
      return;
    }
    const at = this.#extend(8);
    this.#view.setFloat64(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#extend(bytes.length);
    this.#bytes.set(bytes, at);
  }

  append(content: ByteBuffer): void {
    this.raw(content.#bytes.subarray(0, content.#length));
  }

  /** Length, then the bytes: a function body or a section. */
  sized(content: ByteBuffer): void {
    this.u32(content.#length);
    this.append(content);
  }

  /** Length, then UTF-8. */
  name(text: string): void {
    const bytes = utf8.encode(text);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** An opcode as the tables write it: one byte, or prefix * 0x1000 + sub-opcode. */
  opcode(code: number): void {
    if (code < 0x100) {
      this.u8(code);
      return;
    }
    this.u8(code >>> 12);
    this.u32(code & 0xfff);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
