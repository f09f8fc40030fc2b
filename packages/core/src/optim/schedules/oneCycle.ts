import { checkOptions, type OptionRule, positive, positiveInteger, required } from '../../options.ts';
import { cosinePi } from '../float64/cosinePi.ts';
import type { Schedule } from '../schedule.ts';

export interface OneCycleOptions {
  /** At the peak. */
  readonly learningRate: number;
  /** Part of the steps in which it rises, above 0 and below 1. Default 0.3. */
  readonly rise?: number;
  /** It starts at the peak's rate divided by this. Default 25. */
  readonly startDivisor?: number;
  /** It ends at the start's rate divided by this. Default 10000. */
  readonly endDivisor?: number;
  /** Half a cosine up and down, or straight lines. Default `cosine`. */
  readonly shape?: 'cosine' | 'linear';
  /** Steps from start to end. Default: all of the run. */
  readonly totalSteps?: number;
}

const part: OptionRule = {
  wanted: 'a number above 0 and below 1',
  holds: (value) => typeof value === 'number' && value > 0 && value < 1,
};

/** How much of the way from start to end is left after a part of the time. */
const left = {
  cosine: (done: number): number => 0.5 * (1 + cosinePi(done)),
  linear: (done: number): number => 1 - done,
} as const;

/**
 * One cycle (Smith and Topin 2019) with PyTorch's phases: the learning rate rises from learningRate / startDivisor up to
 * step rise totalSteps - 1, then falls until the last step to learningRate / (startDivisor endDivisor), and stays there.
 * The momentum stays as it is.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  checkOptions('oneCycle', options, {
    learningRate: required(positive),
    rise: part,
    startDivisor: positive,
    endDivisor: positive,
    shape: { wanted: '"cosine" or "linear"', holds: (value) => value === 'cosine' || value === 'linear' },
    totalSteps: positiveInteger,
  });
  const { learningRate, rise = 0.3, startDivisor = 25, endDivisor = 1e4, shape = 'cosine' } = options;
  const start = learningRate / startDivisor;
  const end = start / endDivisor;
  return (step, runSteps) => {
    const totalSteps = options.totalSteps ?? runSteps;
    const [peak, last] = [rise * totalSteps - 1, totalSteps - 1];
    if (step <= peak)
      return learningRate + (start - learningRate) * left[shape](peak === 0 ? 1 : step / peak);
    if (step >= last) return end;
    // In a short run the peak may lie before the first step.
    return end + (learningRate - end) * left[shape]((step - peak) / (last - peak));
  };
}
