import { isDeepStrictEqual } from 'node:util';
import type { FitResult, StepEvent } from '@lockstep/core';
import { changedSources } from './changedSources.ts';
import { describeDifference } from './describeDifference.ts';
import { type Bits, bitsOf, type Undisturbed } from './schedule.ts';

/** A run that was disturbed, and what it told of. */
export interface Disturbed {
  readonly result: FitResult;
  readonly steps: readonly StepEvent[];
  readonly warnings: readonly string[];
}

/**
 * All that can still be found out about a run that has other bits than undisturbed: what differs and where, which
 * threads were lost, what the same run gives when it is made once more, and whether all threads ran the same code.
 *
 * @param repeats - ways to make the run again, by name
 */
export async function diagnose(
  { result, steps, warnings }: Disturbed,
  undisturbed: Undisturbed,
  repeats: Readonly<Record<string, () => Promise<Bits>>>,
): Promise<readonly string[]> {
  const changed = changedSources();
  const lines = [
    ...warnings.map((warning) => `warned: ${warning}`),
    ...describeDifference({ ...result, steps }, undisturbed).map((line) => `differs: ${line}`),
    changed.length === 0
      ? 'no source was changed meanwhile'
      : `VOID: sources were changed meanwhile, so that threads may have run other code: ${changed.join(', ')}`,
  ];
  const bits = bitsOf(result);
  for (const [name, repeat] of Object.entries(repeats)) {
    const again = await repeat();
    const like = isDeepStrictEqual(again, undisturbed.bits)
      ? 'the bits of one thread undisturbed'
      : isDeepStrictEqual(again, bits)
        ? 'the bits that differ'
        : 'bits like neither of the two';
    lines.push(`once more, ${name}: ${like}`);
  }
  return lines;
}
