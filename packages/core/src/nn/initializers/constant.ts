import { full } from '../../ops/index.ts';
import type { Initializer } from './initializer.ts';

/** Every element the same number. */
export function constant(value: number): Initializer {
  return (shape) => full({ shape, dtype: 'float32' }, value);
}

export const zeros: Initializer = constant(0);

export const ones: Initializer = constant(1);
