import { LockstepError } from '@lockstep/core';
import { type Abort, AbortGroup, decodeAbort, encodeAbort } from './abort.ts';
import { missingRanks } from './barrier.ts';
import { type Command, LookForFinish, type Outcome, outcomes, PostCommand } from './commands.ts';
import { abortBit, createControlMemory, rankSlots, requestBits, slots } from './layout.ts';
import { aborted, pending, runToEnd } from './machine.ts';
import { rankStates } from './rankControl.ts';
import { LookForAcknowledgements, ResetGroup } from './recovery.ts';
import { SharedWords } from './words.ts';

/** What a rank was seen doing. */
export interface Heartbeat {
  readonly rank: number;
  readonly state: keyof typeof rankStates | 'waiting' | 'exited';
  readonly step: number;
  readonly phase: number;
  /** Steps begun by itself since all ranks were at `step`. */
  readonly apart: number;
}

/** How a command ended. */
export type CommandEnd =
  | { readonly kind: 'finished'; readonly outcome: Outcome }
  /** A rank failed, exited or was missed, or the host cancelled: the group has to recover. */
  | { readonly kind: 'aborted'; readonly abort: Abort }
  /** Nothing has moved for as long as the deadline says; these ranks have not finished. */
  | { readonly kind: 'stalled'; readonly missing: readonly number[] };

export interface Copy {
  /** 0 or 1. */
  readonly buffer: number;
  /** Where training stood, as the ranks recorded it. */
  readonly position: number;
}

const stateNames = Object.keys(rankStates) as (keyof typeof rankStates)[];

function outcomeOf(code: number): Outcome {
  for (const name of Object.keys(outcomes) as Outcome[]) if (outcomes[name] === code) return name;
  return 'done';
}

/** What fits beside a reason in the abort word is far more. */
const largestGroup = 1024;

/** How often the host looks at what it is not woken for, in milliseconds. */
const lookAgain = 1000;

/** The host's side of the control words. Never blocks; to be used by one thread. */
export class HostControl {
  /** To be handed to every rank's `RankControl`. */
  readonly memory: SharedArrayBuffer;
  readonly size: number;
  readonly #words: SharedWords;

  /**
   * @param size - number of ranks
   * @param spins - how often a rank looks at a barrier before it sleeps; see `defaultSpins`
   * @throws LockstepError BAD_OPTION for a size that is not an integer from 1 to 1024
   */
  constructor(size: number, spins: number) {
    if (!Number.isInteger(size) || size < 1 || size > largestGroup)
      throw new LockstepError('BAD_OPTION', 'a group cannot have this size', {
        got: `${size}`,
        wanted: `an integer from 1 to ${largestGroup}`,
      });
    this.size = size;
    this.memory = createControlMemory(size, spins);
    this.#words = new SharedWords(this.memory);
  }

  /** The number of the newest command: what a thread for a rank starts after. */
  get commandNumber(): number {
    return this.#words.load(slots.command) & ~abortBit;
  }

  /** Hands a command to all ranks. The one before has to be finished, or recovered from. */
  post(command: Command): void {
    // No rank is in a phase: the counts start again with the command, as the ranks' own do when they receive it.
    for (const rank of this.#ranks()) this.#words.store(rankSlots(rank).taken, 0);
    runToEnd(new PostCommand(command), this.#words);
  }

  /**
   * Waits until all ranks have finished the newest command. What they wrote is seen then.
   *
   * @param deadline - milliseconds in which something has to move: a step, a phase, a barrier
   */
  async finished(deadline: number): Promise<CommandEnd> {
    const pause = Math.min(lookAgain, deadline / 2);
    let looked = performance.now();
    /** Milliseconds in which nothing has moved. */
    let still = 0;
    let before = '';
    for (;;) {
      const look = new LookForFinish(this.commandNumber, this.size);
      const result = runToEnd(look, this.#words);
      if (result === aborted) return { kind: 'aborted', abort: this.abortedBecause() };
      if (result !== pending) return { kind: 'finished', outcome: outcomeOf(result) };
      const position = this.#position();
      const now = performance.now();
      // Time that this thread was away for does not count, the ranks may have been too: a process can be stopped.
      still = position !== before ? 0 : still + Math.min(now - looked, pause);
      if (still >= deadline) return { kind: 'stalled', missing: this.#unfinished() };
      looked = now;
      before = position;
      await this.#words.changed(slots.bell, look.bell, pause);
    }
  }

  /** Asks for something at the next step boundary that all ranks come to, in this command or in a later one. */
  request(what: 'stop' | 'save'): void {
    this.#words.or(slots.requests, requestBits[what]);
  }

  /** Takes a request back, unless the ranks have it already. */
  withdraw(what: 'stop' | 'save'): void {
    const words = this.#words;
    for (;;) {
      const requests = words.load(slots.requests);
      if (words.compareExchange(slots.requests, requests, requests & ~requestBits[what]) === requests) return;
    }
  }

  /** Makes all ranks leave what they do. The first abort gives the reason. */
  abort(why: Abort): void {
    runToEnd(new AbortGroup(encodeAbort(why)), this.#words);
  }

  /** To be called when the thread of a rank has exited, and surely runs no more: aborts the group. */
  exited(rank: number): void {
    this.#words.store(rankSlots(rank).exited, 1);
    this.abort({ reason: 'exited', rank });
  }

  /** Why the group is aborted. */
  abortedBecause(): Abort {
    return decodeAbort(this.#words.load(slots.abort)) ?? { reason: 'cancelled', rank: 0 };
  }

  /**
   * Waits until every rank has acknowledged the abort or has exited.
   *
   * @param grace - milliseconds
   * @returns whether they have; else see {@link unsettled}
   */
  async settled(grace: number): Promise<boolean> {
    const until = performance.now() + grace;
    for (;;) {
      const look = new LookForAcknowledgements(this.size);
      if (runToEnd(look, this.#words) === 0) return true;
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.#words.changed(slots.bell, look.bell, Math.min(lookAgain, left));
    }
  }

  /** Ranks that have neither acknowledged the abort nor exited. */
  unsettled(): number[] {
    const acknowledged = this.#words.load(slots.incarnation) + 1;
    return this.#ranks().filter((rank) => {
      const own = rankSlots(rank);
      return this.#words.load(own.exited) === 0 && this.#words.load(own.acknowledged) !== acknowledged;
    });
  }

  /**
   * Repairs the words, once the group is settled, and sets the survivors free: they wait for a command.
   *
   * @returns the ranks that have exited: each needs a new thread, started after this
   */
  reset(): number[] {
    const gone = this.#ranks().filter((rank) => this.#words.load(rankSlots(rank).exited) !== 0);
    runToEnd(new ResetGroup(gone), this.#words);
    for (const rank of gone) this.#words.store(rankSlots(rank).state, rankStates.starting);
    return gone;
  }

  /** Steps that all ranks have made, as they show. */
  get step(): number {
    return Math.min(...this.#ranks().map((rank) => this.#words.load(rankSlots(rank).step)));
  }

  heartbeat(rank: number): Heartbeat {
    const own = rankSlots(rank);
    const words = this.#words;
    const arrived = words.load(own.arrived) === (words.load(slots.generation) & ~abortBit);
    const shown = words.load(own.state);
    const [state] = stateNames.filter((name) => rankStates[name] === shown);
    return {
      rank,
      state:
        words.load(own.exited) !== 0
          ? 'exited'
          : arrived && shown === rankStates.working
            ? 'waiting'
            : (state ?? 'starting'),
      step: words.load(own.step),
      phase: words.load(own.phase),
      apart: words.load(own.apart),
    };
  }

  /** Of every rank. */
  heartbeats(): readonly Heartbeat[] {
    return this.#ranks().map((rank) => this.heartbeat(rank));
  }

  /** The newest whole copy of the variables. */
  newestCopy(): Copy | undefined {
    const copies = this.#words.load(slots.copies);
    if (copies === 0) return undefined;
    const buffer = (copies - 1) % 2;
    return { buffer, position: this.#words.load(slots.copyPositions + buffer) };
  }

  #ranks(): number[] {
    return Array.from({ length: this.size }, (_, rank) => rank);
  }

  #unfinished(): number[] {
    const number = this.commandNumber;
    const late = this.#ranks().filter((rank) => this.#words.load(rankSlots(rank).finished) !== number);
    const missing = missingRanks(this.#words, this.size).filter((rank) => late.includes(rank));
    return missing.length > 0 ? missing : late;
  }

  #position(): string {
    const own = this.#ranks().map((rank) => {
      const { step, phase, apart, finished } = rankSlots(rank);
      return [step, phase, apart, finished].map((slot) => this.#words.load(slot)).join();
    });
    return `${this.#words.load(slots.generation)};${own.join(';')}`;
  }
}
