import { describeDone } from './describe.ts';
import type { Reporter } from './reporter.ts';

/** The result alone. */
export function quietReporter(write: (text: string) => void): Reporter {
  return {
    listener: (event) => {
      if (event.type === 'done') for (const line of describeDone(event).slice(1)) write(`${line}\n`);
    },
    note: () => {},
    close: () => {},
  };
}
