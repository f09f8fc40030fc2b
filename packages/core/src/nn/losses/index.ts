import { lookUp } from '../../nameLookup.ts';
import { binaryCrossentropy } from './binaryCrossentropy.ts';
import { categoricalCrossentropy } from './categoricalCrossentropy.ts';
import type { Loss } from './loss.ts';
import { meanSquaredError } from './meanSquaredError.ts';
import { sparseCategoricalCrossentropy } from './sparseCategoricalCrossentropy.ts';

export type { Loss } from './loss.ts';

/** Losses by name. A new one is one line here. */
export const losses = {
  binaryCrossentropy,
  categoricalCrossentropy,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} as const satisfies Readonly<Record<string, Loss>>;

export type LossName = keyof typeof losses;

/**
 * The loss of a name; a function stands for itself.
 *
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toLoss(loss: LossName | Loss): Loss {
  return typeof loss === 'function' ? loss : lookUp('loss', losses, loss);
}
