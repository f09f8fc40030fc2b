import { either, nonNegative, type OptionRule } from '../options.ts';
import type { Optimizer } from './optimizer.ts';
import type { Schedule } from './schedule.ts';
import { constant } from './schedules/constant.ts';

/** A constant, or a learning rate for every step. */
export type LearningRate = number | Schedule;

export const learningRateRule: OptionRule = either(nonNegative, {
  wanted: 'a schedule',
  holds: (value) => typeof value === 'function',
});

export function toSchedule(learningRate: LearningRate): Schedule {
  return typeof learningRate === 'number' ? constant(learningRate) : learningRate;
}

/** The hyperparameter to record: nothing for a schedule. */
export function recordedRate(learningRate: LearningRate): { learningRate?: number } {
  return typeof learningRate === 'number' ? { learningRate } : {};
}

/** The schedule and the per-step scalars of an optimizer of which only the learning rate is different for every step. */
export function steppedRate(
  learningRate: LearningRate,
): Pick<Optimizer<never, 'learningRate'>, 'schedule' | 'stepValues'> {
  const schedule = toSchedule(learningRate);
  return {
    schedule,
    stepValues: (totalSteps, rate = schedule) => ({ learningRate: (step) => rate(step, totalSteps) }),
  };
}
