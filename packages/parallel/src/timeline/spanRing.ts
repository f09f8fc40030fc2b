/** What a worker was doing. `update` is a phase that changes variables. */
export const spanKinds = ['compute', 'update', 'wait'] as const;
export type SpanKind = (typeof spanKinds)[number];

export interface Span {
  readonly kind: SpanKind;
  /** Counted from the start of the recording. */
  readonly step: number;
  readonly phase: number;
  /** Milliseconds since the Unix epoch, with fractions: the same clock on every thread. */
  readonly start: number;
  readonly end: number;
}

/** Doubles before the spans: how many spans have been written. */
const headerWords = 1;
/** Doubles to a span: start, end, and kind, phase and step in one. */
const spanWords = 3;
/** Phases that a code has room for. */
const mostPhases = 256;

/**
 * The newest spans of one worker, in memory that others can read. Only its worker writes; it is to be read while that worker
 * makes no steps, when whatever told the reader so has ordered the writes before the reads. A span costs two stores and
 * the clock that the caller reads; nothing is allocated.
 */
export class SpanRing {
  readonly #words: Float64Array;
  readonly #capacity: number;

  /** @param buffer - of `bytesFor(capacity)` bytes, zeroed */
  constructor(buffer: SharedArrayBuffer | ArrayBuffer) {
    this.#words = new Float64Array(buffer);
    this.#capacity = Math.floor((this.#words.length - headerWords) / spanWords);
  }

  static bytesFor(capacity: number): number {
    return (headerWords + capacity * spanWords) * Float64Array.BYTES_PER_ELEMENT;
  }

  record(kind: SpanKind, step: number, phase: number, start: number, end: number): void {
    const words = this.#words;
    const written = words[0] ?? 0;
    const at = headerWords + (written % this.#capacity) * spanWords;
    words[at] = start;
    words[at + 1] = end;
    words[at + 2] = (step * mostPhases + phase) * spanKinds.length + spanKinds.indexOf(kind);
    words[0] = written + 1;
  }

  /** Spans that were overwritten because the ring was full. */
  get lost(): number {
    return Math.max(0, (this.#words[0] ?? 0) - this.#capacity);
  }

  /** What the ring holds, oldest first. */
  spans(): readonly Span[] {
    const written = this.#words[0] ?? 0;
    const kept = Math.min(written, this.#capacity);
    return Array.from({ length: kept }, (_, position) => {
      const at = headerWords + ((written - kept + position) % this.#capacity) * spanWords;
      const code = this.#words[at + 2] ?? 0;
      const place = Math.floor(code / spanKinds.length);
      return {
        kind: spanKinds[code % spanKinds.length] ?? 'compute',
        step: Math.floor(place / mostPhases),
        phase: place % mostPhases,
        start: this.#words[at] ?? 0,
        end: this.#words[at + 1] ?? 0,
      };
    });
  }
}
