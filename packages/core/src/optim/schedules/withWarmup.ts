import { LockstepError } from '../../errors.ts';
import { describeValue, nonNegativeInteger } from '../../options.ts';
import type { Schedule } from '../schedule.ts';

/**
 * A linear rise to the first learning rate of a schedule, then the schedule: step s of the first `steps` has
 * schedule(0) * (s + 1) / steps; after them the schedule starts at its own step 0 and has the rest of the run.
 *
 * @throws LockstepError BAD_OPTION
 */
export function withWarmup(schedule: Schedule, steps: number): Schedule {
  if (!nonNegativeInteger.holds(steps))
    throw new LockstepError('BAD_OPTION', 'an option has a value that is not allowed', {
      where: { field: 'withWarmup.steps' },
      got: describeValue(steps),
      wanted: nonNegativeInteger.wanted,
    });
  return (step, totalSteps, stepsPerEpoch) => {
    const rest = Math.max(totalSteps - steps, 0);
    if (step < steps) return (schedule(0, rest, stepsPerEpoch) * (step + 1)) / steps;
    return schedule(step - steps, rest, stepsPerEpoch);
  };
}
