import { createTimelines, PhaseClock } from '../../packages/parallel/src/threads/phaseClock.ts';
import { median } from '../engine/statistics.ts';

const capacity = 16_384;
const spans = 400_000;
const repetitions = 7;

/** Nanoseconds that it takes to record a span, the reading of the clock included: the median of some repetitions. */
export function nanosecondsPerSpan(): number {
  const [ring] = createTimelines(1, capacity);
  if (ring === undefined) throw new Error('no timeline');
  const clock = new PhaseClock(ring, [[false, true]]);
  const times: number[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    const start = performance.now();
    clock.start();
    for (let step = 0; step < spans / 4; step += 1)
      for (let phase = 0; phase < 2; phase += 1) {
        clock.computed(0, step, phase);
        clock.waited(step, phase);
      }
    // The first one runs before the code is optimised.
    if (repetition > 0) times.push(((performance.now() - start) * 1e6) / spans);
  }
  return median(times);
}
