/** Integers that look random, the same for the same seed: xorshift32; Marsaglia, "Xorshift RNGs", 2003. */
export class RandomIntegers {
  #state: number;

  constructor(seed: number) {
    // Multiplied by an odd number, so that neighbouring seeds are far apart; 0 would stay 0.
    this.#state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
    for (let warmUp = 0; warmUp < 8; warmUp += 1) this.#next();
  }

  /** From 0 to below the bound. */
  below(bound: number): number {
    return this.#next() % bound;
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** One of some values. */
  pick<const T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  #next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
}
