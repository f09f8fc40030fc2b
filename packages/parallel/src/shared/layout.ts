/** Words of 32 bits in a cache line of 64 bytes. */
const line = 16;

/**
 * The words of a group, by slot (index of a 32-bit word). Words that different threads write never share a cache line:
 * a rank that spins on one would lose it with every write to another.
 */
export const slots = {
  /** Ranks that have arrived at the barrier. Written by ranks. */
  arrivals: 0,
  /** {@link abortBit}, published requests, and the generation of the barrier in the other bits. Ranks sleep on it. */
  generation: line,
  /** Ranks that sleep in the barrier, or are about to. */
  sleepers: 2 * line,
  /** Requests that wait for the next step boundary. Set by the host, taken by the last to arrive. */
  requests: 3 * line,
  /** 0, or why the group is to stop everything: reason + 256 * rank. Whoever is first writes it. */
  abort: 4 * line,
  /** {@link abortBit} and the number of the newest command. Written by the host; ranks sleep on it. */
  command: 5 * line,
  commandKind: 5 * line + 1,
  commandFrom: 5 * line + 2,
  commandTo: 5 * line + 3,
  commandArgument: 5 * line + 4,
  /** How often the group has recovered. Written by the host; ranks that have acknowledged an abort sleep on it. */
  incarnation: 6 * line,
  /** The newest command at the last recovery: it and those before it are lost. Written by the host. */
  lostCommand: 6 * line + 1,
  /** Counts what the host should look at. Written by ranks; the host sleeps on it. */
  bell: 7 * line,
  /** How many whole copies of the variables have been made; copy n is in buffer n mod 2. Written by rank 0. */
  copies: 8 * line,
  /** Where training stood at the copy in buffer 0, and, one further, in buffer 1. */
  copyPositions: 8 * line + 1,
} as const;

const sharedLines = 9;
const linesPerRank = 3;

/** The words of one rank: the first line is written by the rank, the second by the host, the third by all. */
export interface RankSlots {
  /** The generation that the rank has arrived at. */
  readonly arrived: number;
  /** What the rank is doing; see `rankStates`. */
  readonly state: number;
  /** Steps made in the run. */
  readonly step: number;
  readonly phase: number;
  /** Steps that the rank has begun by itself since all ranks met last. */
  readonly apart: number;
  /** The newest command that the rank has finished, and how. */
  readonly finished: number;
  readonly outcome: number;
  /** One more than the incarnation whose abort the rank has acknowledged. */
  readonly acknowledged: number;
  /** 1 if the rank's thread has exited. */
  readonly exited: number;
  /** How often the rank looks at the barrier before it sleeps. */
  readonly spins: number;
  /** Pieces of the rank's shares that were taken since the newest command was given. */
  readonly taken: number;
}

/** @param rank - from 0 */
export function rankSlots(rank: number): RankSlots {
  const own = (sharedLines + rank * linesPerRank) * line;
  const host = own + line;
  return {
    arrived: own,
    state: own + 1,
    step: own + 2,
    phase: own + 3,
    finished: own + 4,
    outcome: own + 5,
    acknowledged: own + 6,
    apart: own + 7,
    exited: host,
    spins: host + 1,
    taken: host + line,
  };
}

/** Set in every word that a rank sleeps on when the group is aborted: so no abort can slip past one falling asleep. */
export const abortBit = 1;

/** Requests as they are published: in the generation's word, above {@link abortBit}. */
export const requestBits = { stop: 2, save: 4 } as const;

export const allRequestBits: number = requestBits.stop | requestBits.save;

/** One generation further. The count wraps after 2^29; it is only ever compared for being the same. */
export const generationUnit = 8;

/** In `command`: one command further. */
export const commandUnit = 2;

/** A generation that never is: what a rank that has not arrived anywhere has arrived at. */
export const nowhere = -1;

/**
 * Memory for the words of a group.
 *
 * @param size - number of ranks
 * @param spins - how often a rank looks at the barrier before it sleeps; see `defaultSpins`
 */
export function createControlMemory(size: number, spins: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((sharedLines + size * linesPerRank) * line * 4);
  const words = new Int32Array(buffer);
  for (let rank = 0; rank < size; rank++) {
    const own = rankSlots(rank);
    words[own.arrived] = nowhere;
    words[own.spins] = spins;
  }
  return buffer;
}
