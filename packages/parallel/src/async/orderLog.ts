/** What a worker does to the weights while nobody else does anything. */
export const sections = { read: 0, apply: 1 } as const;
export type SectionKind = keyof typeof sections;

/** One entry of an order: which worker has read the weights for a step, or applied the step's gradient. */
export interface OrderEntry {
  readonly kind: SectionKind;
  readonly worker: number;
  /** The step's position in the row. */
  readonly unit: number;
}

const wordsPerEntry = 2;
const kinds = 2;
/** The number of entries comes first. */
const header = 1;

/** The order in which workers have read and changed the weights in a row of steps: all that their interleaving decides. */
export class OrderLog {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Memory for a row of so many steps: each is read for, and applied. */
  static create(steps: number): SharedArrayBuffer {
    return new SharedArrayBuffer((header + 2 * steps * wordsPerEntry) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** That were put in. */
  get entries(): number {
    return this.#words[0] ?? 0;
  }

  write(at: number, kind: SectionKind, worker: number, unit: number): void {
    this.#words[header + at * wordsPerEntry] = worker * kinds + sections[kind];
    this.#words[header + at * wordsPerEntry + 1] = unit;
  }

  /** The entries of a row as they are kept in plain numbers; one that is none is undefined. */
  static *entriesOf(words: Int32Array): Generator<OrderEntry | undefined> {
    for (let at = 0; at < words.length; at += wordsPerEntry) {
      const [section = -1, unit] = words.subarray(at, at + wordsPerEntry);
      const kind = section % kinds === sections.read ? 'read' : 'apply';
      yield section < 0 || unit === undefined
        ? undefined
        : { kind, worker: Math.floor(section / kinds), unit };
    }
  }

  /** Whether an entry is of this kind and worker. */
  is(at: number, kind: SectionKind, worker: number): boolean {
    return at < this.#most && this.#words[header + at * wordsPerEntry] === worker * kinds + sections[kind];
  }

  unit(at: number): number {
    return this.#words[header + at * wordsPerEntry + 1] ?? -1;
  }

  /** The first so many entries, as plain numbers. */
  take(entries: number): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.#words.subarray(header, header + entries * wordsPerEntry));
  }

  /** Puts the entries of a row in the place of all others. */
  put(words: Int32Array): void {
    this.#words.fill(-1);
    this.#words[0] = words.length / wordsPerEntry;
    this.#words.set(words, header);
  }

  get #most(): number {
    return (this.#words.length - header) / wordsPerEntry;
  }
}
