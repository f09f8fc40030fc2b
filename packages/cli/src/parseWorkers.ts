import type { Workers } from '@lockstep/parallel';
import { InvalidArgumentError } from 'commander';

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

/** The value of a flag that wants one number of workers. */
export function parseWorkers(text: string): Workers {
  if (text === 'auto') return text;
  const workers = Number(text);
  if (!isCount(workers)) throw new InvalidArgumentError('It has to be "auto" or an integer, 1 or above.');
  return workers;
}

/** The value of a flag that wants several numbers of workers, such as `1,2,4`; each once. */
export function parseWorkerCounts(text: string): readonly number[] {
  const counts = text.split(',').map(Number);
  if (!counts.every(isCount))
    throw new InvalidArgumentError('It has to be a list of integers, 1 or above, such as 1,2,4.');
  return [...new Set(counts)];
}
