import type { Schedule } from '../schedule.ts';

/**
 * A schedule that counts epochs where it would count steps: the learning rate is the same for all steps of an epoch.
 * `byEpoch(step({ learningRate: 0.1, every: 30 }))` falls after every 30 epochs.
 */
export function byEpoch(schedule: Schedule): Schedule {
  return (step, totalSteps, stepsPerEpoch = 1) =>
    schedule(Math.floor(step / stepsPerEpoch), Math.ceil(totalSteps / stepsPerEpoch));
}
