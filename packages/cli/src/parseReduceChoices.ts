import type { ReduceChoice } from '@lockstep/parallel';
import { InvalidArgumentError } from 'commander';
import { reduceChoices } from './reduceChoices.ts';

function parseReduceChoice(text: string): ReduceChoice {
  const mode = reduceChoices.find((name) => name === text.trim());
  if (mode === undefined) throw new InvalidArgumentError(`"${text}" is none of ${reduceChoices.join(', ')}.`);
  return mode;
}

/** The value of a flag that wants several ways of combining sums, such as `fused,tree`; each once. */
export function parseReduceChoices(text: string): readonly ReduceChoice[] {
  return [...new Set(text.split(',').map(parseReduceChoice))];
}
