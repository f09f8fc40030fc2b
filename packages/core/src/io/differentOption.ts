import type { Run } from '../train/defineRun.ts';
import type { RunDescription } from './checkpoint.ts';
import { describeRun } from './describeRun.ts';

/** What changes how long a run is, what it is called or how it is kept, and no bit of a step. */
const free = new Set(['name', 'epochs', 'maxSteps', 'checkpoint', 'microBatch']);

/** An option that two runs do not share, as JSON. */
export interface DifferentOption {
  readonly name: string;
  /** Of the other run; undefined: it has none. */
  readonly other: string | undefined;
  readonly own: string;
}

/**
 * The first option of a run that would give it other bits than another run had, but for its length. Functions, such as
 * a schedule, and the values of the data are not compared.
 *
 * @param configuration - of the other run: `describeRun`
 */
export function differentOption(configuration: RunDescription, run: Run): DifferentOption | undefined {
  for (const [name, value] of Object.entries(describeRun(run))) {
    const [other, own] = [JSON.stringify(configuration[name]), JSON.stringify(value)];
    if (other !== own && !free.has(name)) return { name, other, own };
  }
  return undefined;
}
