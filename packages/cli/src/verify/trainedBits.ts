import { type FitResult, optimizerHash } from '@lockstep/core';

/** What two trainings of a run have to agree on. */
export interface TrainedBits {
  readonly steps: number;
  readonly weightsHash: string;
  /** Of the optimizer's state, made as the weights hash is. */
  readonly optimizerHash: string;
}

/** The bits that a training has left. */
export function trainedBits({
  steps,
  weightsHash,
  variables,
}: Pick<FitResult, 'steps' | 'weightsHash' | 'variables'>): TrainedBits {
  return { steps, weightsHash, optimizerHash: optimizerHash(variables.values()) };
}

/** The names of what differs. */
export function differences(a: TrainedBits, b: TrainedBits): readonly string[] {
  return [
    ...(a.steps === b.steps ? [] : ['steps']),
    ...(a.weightsHash === b.weightsHash ? [] : ['weights']),
    ...(a.optimizerHash === b.optimizerHash ? [] : ['optimizer']),
  ];
}
