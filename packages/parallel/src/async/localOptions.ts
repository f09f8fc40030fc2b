import { type ModeOptions, modeOptions } from './checkMode.ts';
import type { LocalMode } from './mode.ts';

export type LocalOptions = ModeOptions<'local'>;

/**
 * What the options of the mode are, with their defaults.
 *
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION with the field
 */
export function localOptions({ name, ...given }: LocalMode): LocalOptions {
  return modeOptions(name, given);
}
