import { median } from '../engine/statistics.ts';
import { busiestShare, trainingProgram } from './load.ts';
import { type PhaseModel, relativeSpread, type StepModel } from './model.ts';
import type { ScalingCase } from './networks.ts';
import { contentionOf, type Throughput } from './throughput.ts';
import { barrierMicroseconds, phaseMicroseconds, type Trace, tracedSteps } from './trace.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fits the model of a step to what was measured with one worker and with two. */
export function fitModel(
  { network }: ScalingCase,
  throughput: Throughput,
  { single, pair }: { readonly single: Trace; readonly pair: Trace },
): StepModel {
  const alone = phaseMicroseconds(tracedSteps(single));
  const programs = new Map<number, ReturnType<typeof trainingProgram>>();
  const programFor = (ranks: number): ReturnType<typeof trainingProgram> => {
    const program = programs.get(ranks) ?? trainingProgram(network, ranks);
    programs.set(ranks, program);
    return program;
  };
  const phases = alone.map(
    (times, at): PhaseModel => ({
      alone: median(times),
      share: (ranks) => {
        const phase = programFor(ranks).phases[at];
        return phase === undefined ? 1 : busiestShare(phase, ranks);
      },
      spread: relativeSpread(times),
    }),
  );
  const working = alone.reduce((sum, times) => sum + mean(times), 0);
  return {
    phases,
    contention: contentionOf(throughput),
    barrier: barrierMicroseconds(tracedSteps(pair)),
    serial: Math.max(0, 1e6 * single.secondsPerStep - working),
  };
}
