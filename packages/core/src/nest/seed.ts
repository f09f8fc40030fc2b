import { LockstepError } from '../errors.ts';

/**
 * The key that a seed makes for Philox: its low and its high 32 bits, as integers from 0 to 2^32 - 1.
 *
 * @throws LockstepError BAD_OPTION unless the seed is an integer from 0 to 2^53 - 1
 */
export function splitSeed(seed: number): [low: number, high: number] {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new LockstepError('BAD_OPTION', 'the seed is not usable', {
      where: { field: 'seed' },
      got: String(seed),
      wanted: 'an integer from 0 to 2^53 - 1',
    });
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}
