import { lookUp } from '../../nameLookup.ts';
import { ones, zeros } from './constant.ts';
import type { Initializer } from './initializer.ts';
import { orthogonal } from './orthogonal.ts';
import { normal, uniform } from './random.ts';
import { truncatedNormal } from './truncatedNormal.ts';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from './varianceScaling.ts';

export { constant, ones, zeros } from './constant.ts';
export type { Initializer } from './initializer.ts';
export { type OrthogonalOptions, orthogonal } from './orthogonal.ts';
export { type NormalOptions, normal, type UniformOptions, uniform } from './random.ts';
export { truncatedNormal } from './truncatedNormal.ts';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from './varianceScaling.ts';

/** Initializers by name; those with options have their defaults. A new one is one line here. */
export const initializers = {
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  uniform: uniform(),
  normal: normal(),
  truncatedNormal: truncatedNormal(),
  orthogonal: orthogonal(),
  zeros,
  ones,
} as const satisfies Readonly<Record<string, Initializer>>;

export type InitializerName = keyof typeof initializers;

/**
 * The initializer of a name; a function stands for itself.
 *
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toInitializer(initializer: InitializerName | Initializer): Initializer {
  return typeof initializer === 'function' ? initializer : lookUp('initializer', initializers, initializer);
}
