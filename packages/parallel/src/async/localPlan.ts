import type { RunPlan } from '@lockstep/core/engine';
import type { LocalOptions } from './localOptions.ts';
import { momentumVariables } from './outerMomentum.ts';

/** Replicas that no round has a mini-batch for. */
function idleWarnings(
  { start, lastStep, callbackPeriods }: RunPlan,
  { replicas }: LocalOptions,
): readonly string[] {
  const most = Math.min(start.stepsPerEpoch, lastStep, ...callbackPeriods.steps);
  const idle = replicas - most;
  return idle > 0
    ? [`${replicas} replicas meet after ${most} mini-batches at most: ${idle} of them never make a step`]
    : [];
}

/** The plan of a run whose replicas are trained apart. */
export function localPlan(plan: RunPlan, options: LocalOptions): RunPlan {
  const { replicas, steps, outerMomentum } = options;
  return {
    ...plan,
    stepsPerRound: replicas * steps,
    warnings: [...plan.warnings, ...idleWarnings(plan, options)],
    variables: [...plan.variables, ...(outerMomentum === 0 ? [] : momentumVariables(plan.variables))],
  };
}
