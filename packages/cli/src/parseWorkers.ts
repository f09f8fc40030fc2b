import { InvalidArgumentError } from 'commander';
import type { Workers } from './trainer.ts';

/** The value of a flag that wants one number of workers. */
export function parseWorkers(text: string): Workers {
  if (text === 'auto') return text;
  const workers = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(workers) || workers < 1)
    throw new InvalidArgumentError('It has to be "auto" or an integer, 1 or above.');
  return workers;
}

/** The value of a flag that wants several numbers of workers, such as `1,2,4`; each once. */
export function parseWorkerCounts(text: string): readonly number[] {
  const counts = text.split(',').map(parseWorkers);
  const numbers = counts.filter((count) => count !== 'auto');
  if (numbers.length < counts.length)
    throw new InvalidArgumentError('It has to be a list of integers, 1 or above, such as 1,2,4.');
  return [...new Set(numbers)];
}
