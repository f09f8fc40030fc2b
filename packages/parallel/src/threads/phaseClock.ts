import { SpanRing } from '../timeline/spanRing.ts';

/** Milliseconds since the Unix epoch, on the one clock that all threads have. */
const now = (): number => performance.timeOrigin + performance.now();

/** Records what a rank does, phase by phase. */
export class PhaseClock {
  readonly #ring: SpanRing;
  readonly #updating: readonly (readonly boolean[])[];
  /** The end of the newest span. */
  #since = 0;

  /** @param updating - of each phase of each program: whether it changes variables */
  constructor(ring: SharedArrayBuffer, updating: readonly (readonly boolean[])[]) {
    this.#ring = new SpanRing(ring);
    this.#updating = updating;
  }

  /** The time from here on is spent on steps. */
  start(): void {
    this.#since = now();
  }

  /**
   * The rank has finished its share of a phase, and waits for the others from here on.
   *
   * @param before - phases of the step before those of the program
   */
  computed(program: number, step: number, phase: number, before = 0): void {
    const end = now();
    const kind = this.#updating[program]?.[phase] === true ? 'update' : 'compute';
    this.#ring.record(kind, step, before + phase, this.#since, end);
    this.#since = end;
  }

  /** The others are there. */
  waited(step: number, phase: number): void {
    const end = now();
    this.#ring.record('wait', step, phase, this.#since, end);
    this.#since = end;
  }
}

/** Memory for the timelines of all ranks. */
export function createTimelines(ranks: number, capacity: number): readonly SharedArrayBuffer[] {
  return Array.from({ length: ranks }, () => new SharedArrayBuffer(SpanRing.bytesFor(capacity)));
}
