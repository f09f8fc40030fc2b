import type { Reporter } from './reporter.ts';

/** Every event as one JSON object a line. */
export function jsonReporter(write: (text: string) => void): Reporter {
  return {
    listener: (event) => write(`${JSON.stringify(event)}\n`),
    note: () => {},
    close: () => {},
  };
}
