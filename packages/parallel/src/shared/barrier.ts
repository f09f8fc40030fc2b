import { ChangeWait } from './changeWait.ts';
import { abortBit, allRequestBits, generationUnit, rankSlots, slots } from './layout.ts';
import { aborted, expired, type Machine, running } from './machine.ts';
import type { Words } from './words.ts';

/**
 * How often a rank looks at the barrier before it sleeps. Two ranks that look meet in 0.2 us, two that sleep in 6 to 30, and in
 * 70 if a core went idle meanwhile. One that looks keeps a core from the one it waits for when there are more ranks than
 * cores, unless it yields: then it looks {@link mostSpins} times all the same.
 */
export function defaultSpins(size: number, cores: number): number {
  return size <= cores ? mostSpins : 200;
}

/** A fifth of a millisecond; with a yield in between now and then, if nobody wants the core, a whole one. */
export const mostSpins = 20_000;

/** The steps of a {@link Barrier}. */
export const barrierSteps = {
  readGeneration: 0,
  showArrival: 1,
  arrive: 2,
  reset: 3,
  sample: 4,
  publish: 5,
  countSleepers: 6,
  wake: 7,
  wait: 8,
} as const;

/** Bits of the generation's word that one publication replaces. */
const published = ~(abortBit | allRequestBits);

/**
 * A barrier by generations. Ends with the published requests (see `requestBits`), the same for all ranks, or with
 * `aborted`, or with `expired`.
 *
 * What a rank wrote anywhere before is seen by every rank after it: the writes come before the rank's `add` to the
 * arrivals, that comes before the last `add`, which comes before the publication, which comes before each waiter's
 * read of the new generation. The accesses are sequentially consistent, so each of these steps orders plain writes too,
 * those of WebAssembly kernels in the other memory included.
 */
export class Barrier implements Machine {
  at: number = barrierSteps.readGeneration;
  generation = 0;
  boundary = false;
  requests = 0;
  spins: number;
  patience: number;
  readonly size: number;
  readonly arrivedSlot: number;
  readonly waiting: ChangeWait;

  /** @param patience - sleeps of `longestSleep` that may pass until the barrier expires */
  constructor(rank: number, size: number, spins: number, patience: number) {
    this.size = size;
    this.spins = spins;
    this.patience = patience;
    this.arrivedSlot = rankSlots(rank).arrived;
    this.waiting = new ChangeWait(slots.generation, slots.sleepers);
  }

  /**
   * To be called before the first step.
   *
   * @param boundary - whether this is the boundary between two steps of training: only there are requests taken. The same
   * for all ranks
   */
  begin(boundary: boolean): void {
    this.at = barrierSteps.readGeneration;
    this.boundary = boundary;
    this.requests = 0;
  }

  step(words: Words): number {
    switch (this.at) {
      // Before arriving: once all have arrived the generation may move at any moment, and one who read the new one
      // would wait for the barrier after this, with nobody left to come.
      case barrierSteps.readGeneration:
        this.generation = words.load(slots.generation);
        if ((this.generation & abortBit) !== 0) return aborted;
        this.at = barrierSteps.showArrival;
        return running;
      case barrierSteps.showArrival:
        words.store(this.arrivedSlot, this.generation);
        this.at = barrierSteps.arrive;
        return running;
      case barrierSteps.arrive:
        if (words.add(slots.arrivals, 1) === this.size - 1) this.at = barrierSteps.reset;
        else {
          this.waiting.begin(this.generation, this.spins, this.patience);
          this.at = barrierSteps.wait;
        }
        return running;
      // Before publishing: a rank that has seen the new generation may arrive at the next barrier at once.
      case barrierSteps.reset:
        words.store(slots.arrivals, 0);
        this.at = this.boundary ? barrierSteps.sample : barrierSteps.publish;
        return running;
      // By the last to arrive alone, and published with the generation: so all ranks act on it at the same step.
      case barrierSteps.sample:
        this.requests = words.exchange(slots.requests, 0);
        this.at = barrierSteps.publish;
        return running;
      // Adding the difference, not storing, keeps the abort bit if that has been set since it was read.
      case barrierSteps.publish: {
        const next = (this.generation & published) + generationUnit + this.requests;
        if ((words.add(slots.generation, next - this.generation) & abortBit) !== 0) this.requests = aborted;
        this.at = barrierSteps.countSleepers;
        return running;
      }
      // After publishing. A sleeper counts itself first and then compares and sleeps in one access. If its count is not
      // seen here, it came later than the publication, and the comparison fails. Notifying nobody would cost 30 ns.
      case barrierSteps.countSleepers:
        if (words.load(slots.sleepers) === 0) return this.requests;
        this.at = barrierSteps.wake;
        return running;
      case barrierSteps.wake:
        words.notify(slots.generation);
        return this.requests;
      default: {
        const result = this.waiting.step(words);
        if (result === running || result === expired) return result;
        const { value } = this.waiting;
        return (value & abortBit) === 0 ? value & allRequestBits : aborted;
      }
    }
  }
}

/** The ranks that have not arrived at the barrier where others wait. */
export function missingRanks(words: Words, size: number): number[] {
  const generation = words.load(slots.generation) & ~abortBit;
  return Array.from({ length: size }, (_, rank) => rank).filter(
    (rank) => words.load(rankSlots(rank).arrived) !== generation,
  );
}
