import { openKoffi } from './openKoffi.ts';

/**
 * A function that lets another thread have this one's core, if one wants it (`sched_yield` of POSIX), and takes half a
 * microsecond if none does; undefined where there is none to be had.
 */
export function openYield(): (() => void) | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return openKoffi()?.load(null).func('int sched_yield()');
  } catch {
    return undefined;
  }
}
