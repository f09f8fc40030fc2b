import { InvalidArgumentError } from 'commander';
import { type ReduceChoice, reduceModes } from './trainer.ts';

function parseReduceMode(text: string): ReduceChoice {
  const mode = reduceModes.find((name) => name === text.trim());
  if (mode === undefined) throw new InvalidArgumentError(`"${text}" is none of ${reduceModes.join(', ')}.`);
  return mode;
}

/** The value of a flag that wants several ways of combining sums, such as `fused,tree`; each once. */
export function parseReduceModes(text: string): readonly ReduceChoice[] {
  return [...new Set(text.split(',').map(parseReduceMode))];
}
