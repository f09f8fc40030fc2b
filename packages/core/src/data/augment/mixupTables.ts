import { philox4x32 } from '../../nest/philox.ts';
import { purposeKey } from '../../nest/purpose.ts';
import { splitSeed } from '../../nest/seed.ts';
import { realPower } from '../../optim/float64/realPower.ts';

/** What the host has to know to write the tables of a mixup, as plain data. */
export interface MixupTables {
  readonly kind: 'mixup';
  readonly alpha: number;
}

/** The step values of a mixup. */
export function mixupNames(path: string): { readonly rows: string; readonly share: string } {
  return { rows: `${path}.rows`, share: `${path}.share` };
}

/** In (0, 1), from two words: 52 bits and a half. */
function openUniform(high: number, low: number): number {
  return ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -52;
}

/** Where a random number of an epoch comes from. */
interface Draw {
  readonly seed: number;
  readonly purpose: string;
  /** Counted from 0. */
  readonly epoch: number;
}

/**
 * How much of a row is its own: the larger part of a number from Beta(alpha, alpha), by Jöhnk's method (1964): for uniform u and v
 * in (0, 1), x = u^(1/alpha) and y = v^(1/alpha), x / (x + y) if x + y is at most 1, else again. Float64; u and v are of the four words
 * of Philox4x32-10 with the counter (attempt, row, epoch, purpose).
 */
export function mixupShare(row: number, alpha: number, { seed, purpose, epoch }: Draw): number {
  const key = splitSeed(seed);
  const purposeWord = purposeKey(purpose);
  for (let attempt = 0; ; attempt++) {
    const [a, b, c, d] = philox4x32([attempt, row, epoch, purposeWord], key);
    const x = realPower(openUniform(a, b), 1 / alpha);
    const y = realPower(openUniform(c, d), 1 / alpha);
    const sum = x + y;
    if (sum > 0 && sum <= 1) return Math.max(x, y) / sum;
  }
}

/**
 * How far each row of a mini-batch looks for the row that is mixed into it: 1 to rows - 1, the same for all rows of the step, so
 * that no two take the same one; 0 if there is but one row. The row found is at (position + this) mod rows.
 *
 * @param step - counted from the start of the run
 */
export function mixupDistance(rows: number, step: number, { seed, purpose }: Omit<Draw, 'epoch'>): number {
  if (rows < 2) return 0;
  const [word] = philox4x32([0, 0, step, purposeKey(`${purpose}.rows`)], splitSeed(seed));
  return 1 + (word % (rows - 1));
}
