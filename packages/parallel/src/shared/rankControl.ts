import { type Abort, AbortGroup, encodeAbort } from './abort.ts';
import { Barrier, barrierSteps, missingRanks, mostSpins } from './barrier.ts';
import { longestSleep } from './changeWait.ts';
import { AwaitCommand, type Command, FinishCommand, type Outcome, outcomes } from './commands.ts';
import { type RankSlots, rankSlots, requestBits, slots } from './layout.ts';
import { aborted, expired, runToEnd } from './machine.ts';
import { AcknowledgeAbort } from './recovery.ts';
import { SpinBudget } from './spinBudget.ts';
import { exhausted, TakePiece } from './takePiece.ts';
import { SharedWords } from './words.ts';

/** What a rank is doing, as it says. */
export const rankStates = { starting: 0, idle: 1, working: 2, recovering: 3 } as const;

export interface RankControlOptions {
  readonly rank: number;
  readonly size: number;
  /** The number of the newest command when the thread is started; see `HostControl.commandNumber`. */
  readonly after: number;
  /** How long the rank waits for others at a barrier until it aborts the group, in milliseconds. Default 60,000. */
  readonly deadline?: number;
  /** Lets another thread have the core. Default: nothing does. */
  readonly yieldCore?: (() => void) | undefined;
}

/**
 * A rank's side of the control words. The life of a rank:
 *
 * ```
 * for (;;) {
 *   const command = control.nextCommand();            // undefined: aborted
 *   if (command?.kind === close) break;
 *   const outcome = command && work(command);         // calls barrier(); gives undefined once that has said `aborted`
 *   if (outcome === undefined) control.acknowledgeAbort();
 *   else control.finish(outcome);
 * }
 * ```
 */
export class RankControl {
  readonly rank: number;
  readonly size: number;
  readonly #words: SharedWords;
  readonly #own: RankSlots;
  readonly #barrier: Barrier;
  readonly #spins: SpinBudget;
  readonly #command = new AwaitCommand();
  readonly #pieces: TakePiece;
  #commandNumber: number;
  /** Between two epochs the host has half a millisecond of work: a rank that yields leaves it a core, and keeps its own awake. */
  readonly #commandSpins: number;

  /** @param memory - from `createControlMemory` */
  constructor(memory: SharedArrayBuffer, options: RankControlOptions) {
    const { rank, size, after, deadline = 60_000, yieldCore } = options;
    this.rank = rank;
    this.size = size;
    this.#words = new SharedWords(memory, yieldCore);
    this.#own = rankSlots(rank);
    this.#spins = new SpinBudget(yieldCore ? mostSpins : this.#words.load(this.#own.spins));
    this.#barrier = new Barrier(rank, size, 0, Math.max(1, Math.ceil(deadline / longestSleep)));
    this.#pieces = new TakePiece(rank, size);
    this.#commandNumber = after;
    this.#commandSpins = yieldCore ? mostSpins : 0;
  }

  /** Waits for the host. Undefined if the group is aborted. */
  nextCommand(): Command | undefined {
    const words = this.#words;
    words.store(this.#own.state, rankStates.idle);
    this.#command.begin(this.#commandNumber, this.#commandSpins);
    const kind = runToEnd(this.#command, words);
    if (kind === aborted) return undefined;
    this.#commandNumber = this.#command.number;
    this.#pieces.restart();
    words.store(this.#own.state, rankStates.working);
    return {
      kind,
      from: words.load(slots.commandFrom),
      to: words.load(slots.commandTo),
      argument: words.load(slots.commandArgument),
    };
  }

  /**
   * To be called at the start of every phase, by all ranks.
   *
   * @param pieces - of each rank's share that any rank may make; the same for all ranks
   */
  enterPhase(pieces: number): void {
    this.#pieces.enterPhase(pieces);
  }

  /** A piece that this rank is to make, counted over those of all ranks; -1 when there is none left. */
  takePiece(): number {
    const piece = runToEnd(this.#pieces, this.#words);
    return piece === exhausted ? -1 : piece;
  }

  /**
   * Waits for all other ranks. Allocates nothing.
   *
   * @param boundary - whether this is the boundary between two steps of training, where requests are published; the same
   * for all ranks
   * @returns 0 or a union of `requestBits`, the same for all ranks; or `aborted`. A rank that misses others for longer than
   * the deadline aborts the group
   */
  barrier(boundary: boolean): number {
    const barrier = this.#barrier;
    const spins = this.#spins.next();
    barrier.spins = spins;
    barrier.begin(boundary);
    const result = runToEnd(barrier, this.#words);
    if (barrier.at === barrierSteps.wait) this.#spins.learn(spins, barrier.waiting.spins > 0);
    if (result !== expired) return result;
    // All may have come in the moment in which the wait expired: then the abort says that nobody in particular is missing.
    const [missing] = missingRanks(this.#words, this.size);
    this.#abort(
      missing === undefined ? { reason: 'cancelled', rank: this.rank } : { reason: 'missing', rank: missing },
    );
    return aborted;
  }

  /** Whether the group is aborted: for a rank that waits for something of its own. */
  get isAborted(): boolean {
    return this.#words.load(slots.abort) !== 0;
  }

  /** Whether a stop is asked for: for ranks that meet at no barrier. */
  get isStopRequested(): boolean {
    return (this.#words.load(slots.requests) & requestBits.stop) !== 0;
  }

  /**
   * Says where the rank is; for people and for who looks for one that hangs.
   *
   * @param step - that the group is at
   * @param apart - steps that this rank has begun by itself since all met there
   */
  showProgress(step: number, phase: number, apart = 0): void {
    this.#words.store(this.#own.step, step);
    this.#words.store(this.#own.phase, phase);
    this.#words.store(this.#own.apart, apart);
  }

  /** Says that the rank is in another phase of the step that it has shown. */
  showPhase(phase: number): void {
    this.#words.store(this.#own.phase, phase);
  }

  /** Tells the host that this rank's share of the newest command is done. Whatever the rank wrote before is seen then. */
  finish(outcome: Outcome): void {
    runToEnd(new FinishCommand(this.rank, this.#commandNumber, outcomes[outcome]), this.#words);
  }

  /** Aborts the group because this rank cannot go on. Whatever the rank does next, it first acknowledges, or exits. */
  fail(): void {
    this.#abort({ reason: 'failed', rank: this.rank });
  }

  /**
   * Waits until the host has repaired the group; the newest command is lost. A rank calls it whenever something has
   * said `aborted`, and touches no shared memory before it returns.
   */
  acknowledgeAbort(): void {
    const machine = new AcknowledgeAbort(this.rank);
    this.#words.store(this.#own.state, rankStates.recovering);
    runToEnd(machine, this.#words);
    this.#commandNumber = machine.command;
  }

  /**
   * Rank 0 says that a copy of the variables is whole: to be called after the barrier that follows the copying. It is
   * then the newest, and the next one goes to the other buffer.
   *
   * @param position - where training stands, as an integer below 2^31
   */
  recordCopy(position: number): void {
    const words = this.#words;
    const copies = words.load(slots.copies);
    words.store(slots.copyPositions + (copies % 2), position);
    // After the position: a rank killed in between leaves the older copy, whole.
    words.store(slots.copies, copies + 1);
  }

  /** The buffer, 0 or 1, that the next copy goes to. */
  get nextCopyBuffer(): number {
    return this.#words.load(slots.copies) % 2;
  }

  #abort(abort: Abort): void {
    runToEnd(new AbortGroup(encodeAbort(abort)), this.#words);
  }
}
