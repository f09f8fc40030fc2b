import { describeDone } from './describe.ts';
import type { Reporter } from './reporter.ts';

/**
 * The result alone.
 *
 * @param warn - takes what a user should know all the same: not the standard output
 */
export function quietReporter(write: (text: string) => void, warn: (text: string) => void): Reporter {
  return {
    listener: (event) => {
      if (event.type === 'warning') warn(`warning: ${event.message}\n`);
      if (event.type === 'done') for (const line of describeDone(event).slice(1)) write(`${line}\n`);
    },
    note: () => {},
    close: () => {},
  };
}
