import { LockstepError } from '@lockstep/core/engine';
import type { LocalMode } from './mode.ts';

export type LocalOptions = Required<Omit<LocalMode, 'name'>>;

/** More would leave nothing of a mini-batch's worth of data for each. */
const mostReplicas = 1024;
const mostSteps = 2 ** 20;

function refuse(field: keyof LocalOptions, got: number, wanted: string): never {
  throw new LockstepError('BAD_OPTION', `mode local cannot have this value of ${field}`, {
    where: { field: `mode.${field}` },
    got: String(got),
    wanted,
  });
}

function requireCount(field: 'replicas' | 'steps', value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    refuse(field, value, `an integer from 1 to ${most}`);
}

/**
 * What the options of the mode are, with their defaults.
 *
 * @throws LockstepError BAD_OPTION with the field
 */
export function localOptions(mode: LocalMode): LocalOptions {
  const { replicas = 4, steps = 8, outerLearningRate = 1, outerMomentum = 0 } = mode;
  requireCount('replicas', replicas, mostReplicas);
  requireCount('steps', steps, mostSteps);
  if (!Number.isFinite(outerLearningRate) || outerLearningRate <= 0)
    refuse('outerLearningRate', outerLearningRate, 'a number above 0');
  if (!(outerMomentum >= 0 && outerMomentum < 1))
    refuse('outerMomentum', outerMomentum, 'a number from 0 to below 1');
  return { replicas, steps, outerLearningRate, outerMomentum };
}
