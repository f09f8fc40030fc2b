/**
 * The shared words, one access at a time. Protocols are written against this interface, so that the same code runs on
 * real memory and in a model that tries every interleaving.
 *
 * Every access is sequentially consistent. So one total order of them is seen by all threads; and whatever a thread
 * wrote to any shared memory before an access, plainly and by WebAssembly code as well, is seen by a thread after it
 * has read what that access wrote.
 */
export interface Words {
  load(slot: number): number;
  store(slot: number, value: number): void;
  /** Adds, wrapping at 32 bits; returns the value before. */
  add(slot: number, value: number): number;
  /** Sets bits; returns the value before. */
  or(slot: number, bits: number): number;
  /** Stores; returns the value before. */
  exchange(slot: number, value: number): number;
  /** Stores `value` if the word is `expected`; returns the value before. */
  compareExchange(slot: number, expected: number, value: number): number;
  /**
   * Sleeps until notified if the word is `expected`; comparing and falling asleep are one access.
   *
   * @param milliseconds - the longest sleep
   * @returns whether the time has passed without a notification
   */
  wait(slot: number, expected: number, milliseconds: number): boolean;
  /** Wakes all who sleep on the word. */
  notify(slot: number): void;
  /** Lets another thread have the core, if one wants it. */
  yieldCore(): void;
}

/** The words of a SharedArrayBuffer. */
export class SharedWords implements Words {
  readonly #words: Int32Array<SharedArrayBuffer>;

  readonly #yieldCore: () => void;

  constructor(buffer: SharedArrayBuffer, yieldCore: () => void = () => {}) {
    this.#words = new Int32Array(buffer);
    this.#yieldCore = yieldCore;
  }

  yieldCore(): void {
    this.#yieldCore();
  }

  load(slot: number): number {
    return Atomics.load(this.#words, slot);
  }

  store(slot: number, value: number): void {
    Atomics.store(this.#words, slot, value);
  }

  add(slot: number, value: number): number {
    return Atomics.add(this.#words, slot, value);
  }

  or(slot: number, bits: number): number {
    return Atomics.or(this.#words, slot, bits);
  }

  exchange(slot: number, value: number): number {
    return Atomics.exchange(this.#words, slot, value);
  }

  compareExchange(slot: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.#words, slot, expected, value);
  }

  wait(slot: number, expected: number, milliseconds: number): boolean {
    return Atomics.wait(this.#words, slot, expected, milliseconds) === 'timed-out';
  }

  notify(slot: number): void {
    Atomics.notify(this.#words, slot);
  }

  /**
   * Resolves when the word is not `expected`, when it is notified, or after the time. A pending `waitAsync` does not
   * keep the event loop alive and the timer does, so the process lives for as long as somebody waits.
   */
  async changed(slot: number, expected: number, milliseconds: number): Promise<void> {
    const { async: sleeping, value } = Atomics.waitAsync(this.#words, slot, expected, milliseconds);
    if (!sleeping) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([value, late]);
    clearTimeout(timer);
  }
}
