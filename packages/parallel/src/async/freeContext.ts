import {
  installProducts,
  openYield,
  type ProgramPhase,
  type SegmentBytes,
  WasmWorker,
} from '@lockstep/core/rank';
import { runToEnd } from '../shared/machine.ts';
import { RankControl } from '../shared/rankControl.ts';
import { SharedWords } from '../shared/words.ts';
import { Chaos } from '../threads/chaos.ts';
import { PhaseClock } from '../threads/phaseClock.ts';
import { type Slowness, slownessOf } from '../threads/slowness.ts';
import type { FreeTask } from './freeTask.ts';
import { OrderLog, type SectionKind } from './orderLog.ts';
import { basesOf } from './replicaLayout.ts';
import { none, rowSlots, workerSlots } from './rowWords.ts';
import type { StepClock } from './stepClock.ts';
import { UnitPlan } from './unitPlan.ts';

/** Looks with the core offered in between, about a millisecond, before a thread sleeps. */
const looks = 2000;
/** The longest sleep in milliseconds: an abort is seen after it. */
const longestSleep = 20;

/** The programs of a row, bound to one place for weights and one for gradients. */
export type BoundPrograms = readonly (readonly ProgramPhase[])[];

/** What every mode needs of its thread: programs, shared words, and ways to wait. */
export class FreeContext {
  readonly rank: number;
  readonly plan: UnitPlan;
  readonly words: SharedWords;
  readonly control: RankControl;
  readonly task: FreeTask;
  /** Steps of the row. */
  units = 0;
  /** Entries that a replayed row has; see {@link OrderLog}. */
  ordered = 0;
  readonly #order: OrderLog;
  readonly #yieldCore: (() => void) | undefined;
  readonly #instances = new Map<string, BoundPrograms>();
  readonly #product: ReturnType<typeof installProducts> | undefined;
  readonly #clock: PhaseClock | undefined;
  readonly #chaos: Chaos | undefined;
  readonly #slowness: Slowness | undefined;
  #hasToEnd = false;
  /** What is made, or was last: the number of the step, and its phase. */
  #step = 0;
  #phase = 0;

  constructor(task: FreeTask) {
    const { rank, size } = task.programs;
    this.rank = rank;
    this.task = task;
    this.#product = task.products && installProducts(task.products, task.memory);
    this.#yieldCore = task.native ? openYield() : undefined;
    this.control = new RankControl(task.control, {
      rank,
      size,
      after: task.command,
      deadline: task.deadline,
      yieldCore: this.#yieldCore,
    });
    this.plan = new UnitPlan(task.plan);
    this.words = new SharedWords(task.row, this.#yieldCore);
    this.#order = new OrderLog(task.order);
    this.#clock = task.timeline && new PhaseClock(task.timeline, task.updating);
    this.#chaos = task.chaos.length > 0 ? new Chaos(task.chaos, rank, task.chaosHappened) : undefined;
    this.#slowness = slownessOf(task.slow, rank);
  }

  /** To be called before a row. One that has to end does so even if a stop is asked for. */
  start(units: number, hasToEnd: boolean): void {
    this.units = units;
    this.#hasToEnd = hasToEnd;
    this.ordered = this.task.ordering === 'replayed' ? this.#order.entries : 0;
    this.#clock?.start();
  }

  /**
   * The programs with this thread's own memory, and the weights that all share.
   *
   * @param sums - where the gradient is that they compute or apply
   * @param onSnapshot - with the thread's copy of the weights
   */
  bound(sums: number | undefined, onSnapshot = false): BoundPrograms {
    const { layout, programs, module, memory } = this.task;
    const key = `${sums} ${onSnapshot}`;
    const known = this.#instances.get(key);
    if (known) return known;
    const bases: SegmentBytes = basesOf(layout, this.rank, sums, onSnapshot);
    const worker = new WasmWorker({ ...programs, rank: 0, size: 1, bases }, module, memory, this.#product);
    const made = programs.programs.map(({ name }) => worker.phases(name));
    this.#instances.set(key, made);
    return made;
  }

  /** Makes all phases of a program of a step; whether its guard was finite. The host sees each phase begin. */
  run(programs: BoundPrograms, program: number, unit: number): boolean {
    const { plan } = this;
    const phases = programs[program] ?? [];
    const [entry, before] = [plan.entry(unit), this.#phasesBefore(programs, program, unit)];
    this.#step = plan.number(unit);
    for (let at = 0; at < phases.length; at += 1) {
      this.#phase = before + at;
      this.control.showProgress(this.#step, this.#phase);
      this.#chaos?.at(this.#step, this.#phase);
      const begun = this.#slowness && performance.now();
      if (phases[at]?.own(entry) !== 0) return false;
      if (begun !== undefined) this.#slowness?.computed(performance.now() - begun);
      this.#clock?.computed(program, this.#step, at, before);
    }
    return true;
  }

  /** The phases of a step are those of the program that computes its gradient, and then those of the one that applies it. */
  #phasesBefore(programs: BoundPrograms, program: number, unit: number): number {
    const { plan } = this;
    return program === plan.apply(unit) ? (programs[plan.program(unit)]?.length ?? 0) : 0;
  }

  /** Whether no further step is to be begun. */
  get isStopping(): boolean {
    return (
      (this.control.isStopRequested && !this.#hasToEnd) ||
      this.words.load(rowSlots.diverged) !== none ||
      this.control.isAborted
    );
  }

  /**
   * Waits until something is so.
   *
   * @returns false if the group is aborted first
   */
  waitFor(isSo: () => boolean): boolean {
    if (isSo()) return true;
    const { words } = this;
    const { waiting } = workerSlots(this.rank);
    words.store(waiting, 1);
    let found = false;
    for (let look = 0; !this.control.isAborted; look += 1) {
      // Before looking: what changes after it has been read rings again, and the sleep below does not begin.
      const bell = words.load(rowSlots.bell);
      found = isSo();
      if (found) break;
      if (look < looks && this.#yieldCore) this.#yieldCore();
      else {
        words.add(rowSlots.sleepers, 1);
        words.wait(rowSlots.bell, bell, longestSleep);
        words.add(rowSlots.sleepers, -1);
      }
    }
    words.store(waiting, 0);
    this.#clock?.waited(this.#step, this.#phase);
    return found;
  }

  /** Tells those who wait that something has changed. */
  ring(): void {
    this.words.add(rowSlots.bell, 1);
    if (this.words.load(rowSlots.sleepers) !== 0) this.words.notify(rowSlots.bell);
  }

  /** Waits until this worker is at most so many steps ahead of the slowest; false if the group is aborted. */
  awaitClock(clock: StepClock, made: number): boolean {
    return this.waitFor(() => {
      clock.begin(made);
      return runToEnd(clock, this.words) === 0;
    });
  }

  /** The next step of the row that nobody has begun, or -1. */
  claim(): number {
    const unit = this.words.add(rowSlots.next, 1);
    return unit < this.units ? unit : -1;
  }

  /**
   * Waits until nobody else reads all weights or changes them; in a row that is replayed, until it is this section's turn.
   *
   * @returns false if the group is aborted, or a replayed row has no section for this worker any more
   */
  enter(kind: SectionKind): boolean {
    const { words } = this;
    if (this.task.ordering !== 'replayed')
      return this.waitFor(() => words.compareExchange(rowSlots.lock, 0, 1) === 0);
    const isTurn = (): boolean => this.#order.is(words.load(rowSlots.turn), kind, this.rank);
    return this.waitFor(() => isTurn() || words.load(rowSlots.turn) >= this.ordered) && isTurn();
  }

  /**
   * The step that this worker's section of a replayed row is for, if the next section is one of its own: until it has been in it
   * the turn does not change. Of others' sections nothing can be said, they may be over by now.
   */
  replayedUnit(kind: SectionKind): number | undefined {
    const turn = this.words.load(rowSlots.turn);
    return this.#order.is(turn, kind, this.rank) ? this.#order.unit(turn) : undefined;
  }

  /** The section is over. A step of -1 was none. */
  leave(kind: SectionKind, unit: number): void {
    const { words } = this;
    const { ordering } = this.task;
    if (unit >= 0 && ordering !== 'free') {
      if (ordering === 'recorded') this.#order.write(words.load(rowSlots.turn), kind, this.rank, unit);
      words.add(rowSlots.turn, 1);
    }
    words.store(rowSlots.lock, 0);
    this.ring();
  }

  /** The loss of a step is not finite: nobody begins another one. */
  diverge(unit: number): void {
    const { words } = this;
    for (let first = words.load(rowSlots.diverged); unit < first; first = words.load(rowSlots.diverged))
      words.compareExchange(rowSlots.diverged, first, unit);
    this.ring();
  }
}
