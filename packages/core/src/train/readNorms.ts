import type { FloatArray } from '../runtime/executor.ts';
import type { TensorAccess } from './engine.ts';
import { readScalar } from './epochSums.ts';
import type { Norms, NormsEvent } from './events.ts';
import type { PassStep } from './pass.ts';
import type { PlannedVariable } from './plan.ts';
import { squaresOutput } from './sumsOfSquares.ts';
import { byCodeUnit } from './weightsHash.ts';

/** Euclidean norm of all parameters together. */
function common(parameters: readonly Norms[], of: keyof Norms): number {
  return Math.sqrt(parameters.reduce((total, { [of]: norm }) => total + norm * norm, 0));
}

/**
 * Reads the norms that a step which measures has left in the tables of results. Sums of squares are float32 and have the bits
 * that the graph gives them; what is made of them here is float64, in the order of the paths.
 */
export function readNorms(
  access: TensorAccess<FloatArray>,
  step: PassStep,
  variables: readonly PlannedVariable[],
): Pick<NormsEvent, 'gradient' | 'weight' | 'parameters'> {
  const paths = variables.filter(({ trainable }) => trainable).map(({ path }) => path);
  const parameters = paths.sort(byCodeUnit).map((path): [string, Norms] => {
    const norm = (of: keyof Norms): number => Math.sqrt(readScalar(access, step, squaresOutput(of, path)));
    return [path, { gradient: norm('gradient'), weight: norm('weight') }];
  });
  const norms = parameters.map(([, each]) => each);
  return {
    gradient: common(norms, 'gradient'),
    weight: common(norms, 'weight'),
    parameters: Object.fromEntries(parameters),
  };
}
