import { SharedWords } from '../shared/words.ts';
import type { FreeTask } from './freeTask.ts';
import { GradientQueue } from './gradientQueue.ts';
import { OrderLog } from './orderLog.ts';
import { createRowWords, none, rowSlots, workerSlots } from './rowWords.ts';
import { type Unit, UnitPlan } from './unitPlan.ts';

export interface RowBoardOptions {
  /** Steps of the longest row. */
  readonly capacity: number;
  /** Threads that compute gradients, and all threads. */
  readonly workers: number;
  readonly threads: number;
  /** Gradients that fit into the queue. */
  readonly slots: number;
}

/** The host's end of the memory that the workers of a row of steps go by. */
export class RowBoard {
  /** For the threads. */
  readonly memory: Pick<FreeTask, 'plan' | 'order' | 'row' | 'queue'>;
  readonly plan: UnitPlan;
  readonly #workers: number;
  readonly #threads: number;
  readonly #slots: number;
  readonly #order: OrderLog;
  readonly #words: SharedWords;
  readonly #queue: GradientQueue;
  #units = 0;

  constructor({ capacity, workers, threads, slots }: RowBoardOptions) {
    this.memory = {
      plan: UnitPlan.create(capacity),
      order: OrderLog.create(capacity),
      row: createRowWords(threads),
      queue: GradientQueue.create(workers, slots),
    };
    this.plan = new UnitPlan(this.memory.plan);
    this.#workers = workers;
    this.#threads = threads;
    this.#slots = slots;
    this.#order = new OrderLog(this.memory.order);
    this.#words = new SharedWords(this.memory.row);
    this.#queue = new GradientQueue(new SharedWords(this.memory.queue), workers, slots);
  }

  /** Sets all words for steps that are to be made. Nobody is at work. */
  prepare(units: readonly Unit[]): void {
    const words = this.#words;
    this.plan.write(units);
    this.#units = units.length;
    this.#queue.clear();
    for (const slot of Object.values(rowSlots)) words.store(slot, 0);
    words.store(rowSlots.diverged, none);
    words.store(rowSlots.producing, this.#workers);
    for (let worker = 0; worker < this.#threads; worker += 1) {
      const { clock, waiting } = workerSlots(worker);
      words.store(clock, 0);
      words.store(waiting, 0);
    }
  }

  /** About how many steps are made, while others are; at least so many, and the last of them is made: its results can be read. */
  get passed(): number {
    let count = Math.min(this.#words.load(rowSlots.next) - this.#workers * this.#slots, this.#units);
    while (count > 0 && !this.plan.isMade(count - 1)) count -= 1;
    return Math.max(0, count);
  }

  /** The first step whose loss was not finite. */
  get diverged(): number | undefined {
    const first = this.#words.load(rowSlots.diverged);
    return first === none ? undefined : first;
  }

  /** Of those that have not finished, who waits for nobody. */
  hanging(missing: readonly number[]): readonly number[] {
    const busy = missing.filter((rank) => this.#words.load(workerSlots(rank).waiting) === 0);
    return busy.length > 0 ? busy : missing;
  }

  /** In which workers have read and changed the weights. */
  takeOrder(): Int32Array {
    return this.#order.take(this.#words.load(rowSlots.turn));
  }

  /** In which they are to do so. */
  putOrder(order: Int32Array): void {
    this.#order.put(order);
  }
}
