/**
 * A learning rate for every optimizer step: float64, computed on the host ahead of an epoch. `step` counts from 0,
 * `totalSteps` is the length of the whole run, and `stepsPerEpoch` is known where there are epochs. It should be made of + - * / and square roots alone: `Math.cos`, `Math.pow`
 * and the like give other bits on other engines.
 */
export type Schedule = (step: number, totalSteps: number, stepsPerEpoch?: number) => number;
