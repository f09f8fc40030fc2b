import { Barrier } from '../barrier.ts';
import { requestBits, slots } from '../layout.ts';
import { aborted, type Machine, running } from '../machine.ts';
import type { Words } from '../words.ts';
import type { Model } from './explore.ts';

/** Words that are no part of the protocol: what the ranks work on. */
export const workSlot = (rank: number): number => 100_000 + rank;

const work = 0;
const meet = 1;
const look = 2;

/** A rank that works, meets the others, and looks at what they have done: round after round, until told to stop. */
export class BarrierRank implements Machine {
  at: number = work;
  round = 0;
  /** The requests of all rounds, as digits. */
  log = 0;
  /** Whose work is looked at. */
  other = 0;
  violation = false;
  left = 0;
  readonly barrier: Barrier;
  readonly rank: number;
  readonly size: number;
  readonly rounds: number;

  constructor(barrier: Barrier, rank: number, size: number, rounds: number) {
    this.barrier = barrier;
    this.rank = rank;
    this.size = size;
    this.rounds = rounds;
  }

  step(words: Words): number {
    if (this.at === work) {
      this.round += 1;
      words.store(workSlot(this.rank), this.round);
      this.barrier.begin(true);
      this.at = meet;
      return running;
    }
    if (this.at === meet) {
      const result = this.barrier.step(words);
      if (result === running) return running;
      if (result < 0) {
        this.left = result;
        return 0;
      }
      this.log = this.log * 16 + result + 1;
      this.other = 0;
      this.at = look;
      return running;
    }
    if (words.load(workSlot(this.other)) < this.round) this.violation = true;
    this.other += 1;
    if (this.other < this.size) return running;
    this.at = work;
    return this.round === this.rounds || ((this.log - 1) & requestBits.stop) !== 0 ? 0 : running;
  }
}

/** Asks for a stop, once, whenever it gets to it. */
export class Asker implements Machine {
  at = 0;

  step(words: Words): number {
    words.or(slots.requests, requestBits.stop);
    return 0;
  }
}

function barrierInvariant(machines: readonly Machine[], done: boolean): string | undefined {
  const ranks = machines.filter((machine) => machine instanceof BarrierRank);
  if (ranks.some(({ violation }) => violation)) return 'a rank passed before all had arrived';
  // In the same round, and past the barrier, all must have heard the same.
  const heard = new Map<number, number>();
  for (const { at, round, log, left } of ranks)
    if (left !== aborted && (at === look || done)) {
      if ((heard.get(round) ?? log) !== log) return 'ranks were told different things';
      heard.set(round, log);
    }
  if (done && heard.size > 1) return 'ranks stopped at different steps';
  return undefined;
}

export interface BarrierModelOptions {
  readonly size: number;
  readonly rounds: number;
  readonly spins?: number;
  readonly asker?: boolean;
  /** Ranks that never come. */
  readonly absent?: number;
  readonly timeouts?: number;
  readonly makeBarrier?: (rank: number, size: number, spins: number) => Barrier;
  /** More that goes on at the same time. */
  readonly others?: Readonly<Record<string, Machine>>;
}

/** Ranks that meet again and again. */
export function barrierModel(options: BarrierModelOptions): Model {
  const { size, rounds, spins = 1, asker = false, absent = 0, timeouts = 0, others = {} } = options;
  const make =
    options.makeBarrier ??
    ((rank: number, count: number, looks: number) =>
      new Barrier(rank, count, looks, Number.POSITIVE_INFINITY));
  const ranks = Array.from({ length: size - absent }, (_, rank) => [
    `rank ${rank}`,
    new BarrierRank(make(rank, size, spins), rank, size, rounds),
  ]);
  return {
    processes: { ...Object.fromEntries(ranks), ...(asker ? { asker: new Asker() } : {}), ...others },
    invariant: barrierInvariant,
    timeouts,
  };
}
