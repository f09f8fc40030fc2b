import type { Schedule } from '../optim/index.ts';

/** What has come between a run and its schedules since it began, as plain data. */
export interface RateSteering {
  /** Times every learning rate. */
  readonly factor: number;
  /** The factor takes no learning rate below this; one that its schedule takes lower stays. */
  readonly minimum: number;
  /** In place of the run's schedule. */
  readonly learningRate?: number;
}

export const unsteered: RateSteering = { factor: 1, minimum: 0 };

export function isSteered({ factor, learningRate }: RateSteering): boolean {
  return factor !== 1 || learningRate !== undefined;
}

export function isSameSteering(a: RateSteering, b: RateSteering): boolean {
  return a.factor === b.factor && a.minimum === b.minimum && a.learningRate === b.learningRate;
}

/** The run's schedule, before the factor. */
export function steeredSchedule(schedule: Schedule, { learningRate }: RateSteering): Schedule {
  return learningRate === undefined ? schedule : () => learningRate;
}

/** The factor of all rates, as a function of a rate. */
export function rateScale({ factor, minimum }: RateSteering): (rate: number) => number {
  return factor === 1 ? (rate) => rate : (rate) => Math.max(rate * factor, Math.min(rate, minimum));
}
