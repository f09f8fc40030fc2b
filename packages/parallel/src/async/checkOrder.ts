import { LockstepError } from '@lockstep/core';
import type { Mode } from './mode.ts';
import { recordableModes } from './modes.ts';

/** What a run is asked for that has to do with orders of updates. */
export interface AskedOrder {
  readonly onOrder?: unknown;
  readonly replay?: unknown;
  readonly resume?: unknown;
}

/**
 * Throws BAD_OPTION for an order of updates that is asked for, or given, where a run has none, for both at once, and for a run
 * that does not begin at its start.
 */
export function checkOrder({ name }: Mode, asked: AskedOrder): void {
  const [field, ...more] = (['onOrder', 'replay'] as const).filter((option) => asked[option] !== undefined);
  if (field === undefined) return;
  if (more.length > 0)
    throw new LockstepError('BAD_OPTION', 'a run either keeps an order or follows one', {
      where: { field },
      got: 'onOrder and replay',
      hint: 'Leave one of them out: a replay has the order that it follows.',
    });
  if (!recordableModes.includes(name))
    throw new LockstepError('BAD_OPTION', 'the bits of this mode depend on no order', {
      where: { field },
      got: `mode "${name}"`,
      wanted: recordableModes.join(', '),
      hint: `Leave ${field} out: a run in mode "${name}" has the same bits again without it.`,
    });
  if (asked.resume !== undefined)
    throw new LockstepError('BAD_OPTION', 'a record is of a whole run', {
      where: { field },
      got: 'resume',
      hint: 'Leave resume out, and start at step 0.',
    });
}
