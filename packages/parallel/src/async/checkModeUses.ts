import { LockstepError } from '@lockstep/core';
import type { FailureOptions, ReduceChoice } from '../threads/threadsOptions.ts';
import type { Mode, ModeName } from './mode.ts';

/** Options of a training that mean nothing in some modes. */
export interface ModeDependent extends Pick<FailureOptions, 'copySeconds'> {
  readonly reduce?: ReduceChoice | undefined;
}

type Option = keyof ModeDependent;

const uses: Readonly<Record<Option, { readonly modes: readonly ModeName[]; readonly why: string }>> = {
  reduce: { modes: ['sync'], why: 'its workers share no mini-batch, so there are no sums to combine' },
  copySeconds: {
    modes: ['sync', 'local'],
    why: 'it makes no copies of the variables: what others have done stays when a worker is lost',
  },
};

/**
 * Sees that no option is asked for that would be ignored in a mode. The `reduce` that is `auto` asks for nothing.
 *
 * @param named - what the options are called by whoever gives them. Default: their names
 * @throws LockstepError BAD_OPTION
 */
export function checkModeUses(
  { name }: Pick<Mode, 'name'>,
  asked: ModeDependent,
  named: Readonly<Record<Option, string>> = { reduce: 'reduce', copySeconds: 'copySeconds' },
): void {
  for (const option of Object.keys(uses) as Option[]) {
    const { modes, why } = uses[option];
    const value = asked[option];
    if (value === undefined || value === 'auto' || modes.includes(name)) continue;
    throw new LockstepError('BAD_OPTION', `mode ${name} has no use for this option`, {
      where: { field: named[option] },
      got: String(value),
      wanted: `mode ${modes.join(' or ')}`,
      hint: `Leave it out: ${why}.`,
    });
  }
}
