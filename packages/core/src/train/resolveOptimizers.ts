import { lookUp, unknownName } from '../nameLookup.ts';
import { type Optimizer, type OptimizerName, optimizers } from '../optim/index.ts';
import { resolveGroup } from '../optim/parameterGroup.ts';
import { matchesPath, patternsOf } from '../optim/pathPattern.ts';
import { resolveWeightAverage } from '../optim/weightAverage.ts';
import type { RunOptions } from './runOptions.ts';
import type { Task } from './task.ts';

function toOptimizer(optimizer: Optimizer | OptimizerName, field: string): Optimizer {
  return typeof optimizer === 'string'
    ? lookUp<() => Optimizer>('optimizer', optimizers, optimizer, { field })()
    : optimizer;
}

function requireMatches(patterns: readonly string[], parameters: readonly string[], field: string): void {
  for (const pattern of patterns)
    if (!parameters.some((path) => matchesPath(pattern, path)))
      throw unknownName('parameter', pattern, parameters, { field });
}

/**
 * Which optimizer a run trains each of its parameters with, if any.
 *
 * @param parameters - paths of all of the model's
 * @throws LockstepError UNKNOWN_OPTION for an optimizer that there is not, and for a pattern that no parameter matches;
 * BAD_OPTION
 */
export function resolveOptimizers(
  options: RunOptions,
  parameters: readonly string[],
): Pick<Task, 'optimizer' | 'groups' | 'frozen' | 'weightAverage'> {
  const { parameterGroups, frozen, weightAverage } = options;
  const optimizer = toOptimizer(options.optimizer ?? 'sgd', 'run.optimizer');
  const groups = parameterGroups?.map((group, position) => {
    const place = `run.parameterGroups.${position}`;
    const resolved = resolveGroup(place, group, optimizer, (own) => toOptimizer(own, `${place}.optimizer`));
    requireMatches(resolved.match, parameters, `${place}.match`);
    return resolved;
  });
  const frozenPatterns = frozen === undefined ? undefined : patternsOf(frozen);
  if (frozenPatterns) requireMatches(frozenPatterns, parameters, 'run.frozen');
  return {
    optimizer,
    ...(groups && { groups }),
    ...(frozenPatterns && { frozen: frozenPatterns }),
    ...(weightAverage && { weightAverage: resolveWeightAverage(weightAverage) }),
  };
}
