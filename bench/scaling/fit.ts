import { median } from '../engine/statistics.ts';
import { busiestShare, trainingProgram } from './load.ts';
import { type PhaseModel, relativeSpread, type StepModel } from './model.ts';
import type { ScalingCase } from './networks.ts';
import { contentionOf, type Throughput } from './throughput.ts';
import {
  barrierMicroseconds,
  betweenRowsMicroseconds,
  phaseMicroseconds,
  type Trace,
  tracedSteps,
} from './trace.ts';

export interface FittedTo {
  /** Of one worker, and of two. */
  readonly single: Trace;
  readonly pair: Trace;
  /** Microseconds that a rank takes to arrive at a barrier. */
  readonly arrival: number;
}

/** Fits the model of a step to what was measured with one worker and with two. */
export function fitModel(
  { network }: ScalingCase,
  throughput: Throughput,
  { single, pair, arrival }: FittedTo,
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
  return {
    phases,
    contention: contentionOf(throughput),
    barrier: barrierMicroseconds(tracedSteps(pair)),
    arrival,
    serial: betweenRowsMicroseconds(single),
  };
}
