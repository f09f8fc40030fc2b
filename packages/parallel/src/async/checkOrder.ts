import { LockstepError } from '@lockstep/core';
import type { Mode } from './mode.ts';
import { recordableModes } from './modes.ts';

/** Throws BAD_OPTION for an order of updates that is asked for, or given, where a run has none, and for both at once. */
export function checkOrder(
  { name }: Mode,
  asked: { readonly onOrder?: unknown; readonly replay?: unknown },
): void {
  const [field, ...more] = (['onOrder', 'replay'] as const).filter((option) => asked[option] !== undefined);
  if (field === undefined) return;
  if (more.length > 0)
    throw new LockstepError('BAD_OPTION', 'a run either keeps an order or follows one', {
      where: { field },
      got: 'onOrder and replay',
    });
  if (!recordableModes.includes(name))
    throw new LockstepError('BAD_OPTION', 'the bits of this mode depend on no order', {
      where: { field },
      got: `mode "${name}"`,
      wanted: recordableModes.join(', '),
    });
}
