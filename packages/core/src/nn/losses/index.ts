import { lookUp } from '../../nameLookup.ts';
import { binaryCrossentropy } from './binaryCrossentropy.ts';
import { binaryFocalCrossentropy } from './binaryFocalCrossentropy.ts';
import { categoricalCrossentropy } from './categoricalCrossentropy.ts';
import { categoricalFocalCrossentropy } from './categoricalFocalCrossentropy.ts';
import { categoricalHinge } from './categoricalHinge.ts';
import { cosineDistance } from './cosineDistance.ts';
import { hinge } from './hinge.ts';
import { huber } from './huber.ts';
import { klDivergence } from './klDivergence.ts';
import { logCosh } from './logCosh.ts';
import type { Loss } from './loss.ts';
import { meanAbsoluteError } from './meanAbsoluteError.ts';
import { meanSquaredError } from './meanSquaredError.ts';
import { sparseCategoricalCrossentropy } from './sparseCategoricalCrossentropy.ts';
import { sparseCategoricalFocalCrossentropy } from './sparseCategoricalFocalCrossentropy.ts';

export { binaryCrossentropy } from './binaryCrossentropy.ts';
export { type BinaryFocalOptions, binaryFocalCrossentropy } from './binaryFocalCrossentropy.ts';
export { categoricalCrossentropy } from './categoricalCrossentropy.ts';
export { categoricalFocalCrossentropy } from './categoricalFocalCrossentropy.ts';
export type { FocalOptions } from './focalFactor.ts';
export { type HuberOptions, huber } from './huber.ts';
export type { LabelSmoothingOptions } from './labelSmoothing.ts';
export type { Loss } from './loss.ts';
export { sparseCategoricalCrossentropy } from './sparseCategoricalCrossentropy.ts';
export { sparseCategoricalFocalCrossentropy } from './sparseCategoricalFocalCrossentropy.ts';

/** Losses by name; those with options have their defaults. A new one is one line here. */
export const losses = {
  binaryCrossentropy: binaryCrossentropy(),
  binaryFocalCrossentropy: binaryFocalCrossentropy(),
  categoricalCrossentropy: categoricalCrossentropy(),
  categoricalFocalCrossentropy: categoricalFocalCrossentropy(),
  categoricalHinge,
  cosineDistance,
  hinge,
  huber: huber(),
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy: sparseCategoricalCrossentropy(),
  sparseCategoricalFocalCrossentropy: sparseCategoricalFocalCrossentropy(),
} as const satisfies Readonly<Record<string, Loss>>;

export type LossName = keyof typeof losses;

/**
 * The loss of a name; a function stands for itself.
 *
 * @param field - that names it, for the error
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toLoss(loss: LossName | Loss, field?: string): Loss {
  return typeof loss === 'function'
    ? loss
    : lookUp('loss', losses, loss, field === undefined ? {} : { field });
}
