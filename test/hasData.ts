import { LockstepError } from '@lockstep/core';
import { findData } from '@lockstep/core/node';
import { besideCheckout } from '../examples/data/besideCheckout.ts';

/** Whether a public data set is on this machine, where the examples look for it. */
export function hasData(name: string): boolean {
  try {
    findData(name, { folders: besideCheckout });
    return true;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'DATA_MISSING') return false;
    throw error;
  }
}
