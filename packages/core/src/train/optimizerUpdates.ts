import type { Update } from '../graph/graph.ts';
import { stepValue, type VariableAttributes, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import type { Optimizer, Schedule } from '../optim/index.ts';
import type { OptimizerGroup } from '../optim/parameterGroup.ts';
import { matchesPath } from '../optim/pathPattern.ts';
import { averageShare, nextAverage } from '../optim/weightAverage.ts';
import type { Task } from './task.ts';

type Parameter = Node<VariableAttributes>;

/** What is done to variables at the end of a step, and those of them that no layer has made. */
export interface OptimizerUpdates {
  readonly updates: readonly Update[];
  /** Slots of optimizers, and averages. */
  readonly kept: readonly Parameter[];
}

/** How a run changes what its optimizers would do by themselves. */
export interface RateOptions {
  /** In place of the optimizer's own. */
  readonly schedule?: Schedule;
  readonly stepsPerEpoch?: number;
  /** What becomes of every learning rate, whatever its schedule. Default: nothing. */
  scale?(rate: number): number;
}

/** A function that fills a step value, by the step value's name. */
type StepFunctions = Readonly<Record<string, (step: number) => number>>;

/** Step value with the share of a step's weights in their average. */
const averageShareName = 'average.share';

/** All parameters that no group matches. */
const theRest = { match: ['**'], rate: (ofRun) => ofRun } as const satisfies Omit<
  OptimizerGroup,
  'optimizer'
>;

/** The groups in the order in which parameters look for theirs, and how the names of their step values begin. */
function groupsOf({
  optimizer,
  groups = [],
}: Task): readonly (OptimizerGroup & { readonly prefix: string })[] {
  return [
    ...groups.map((group, position) => ({ ...group, prefix: `optimizer.groups.${position}.` })),
    { ...theRest, optimizer, prefix: 'optimizer.' },
  ];
}

/**
 * The functions that fill the step values of a task's optimizers.
 *
 * @param totalSteps - of the whole run
 */
export function optimizerStepValues(
  task: Task,
  totalSteps: number,
  { schedule = task.optimizer.schedule, scale = (rate) => rate, stepsPerEpoch }: RateOptions = {},
): StepFunctions {
  const ofGroups = groupsOf(task).flatMap(({ optimizer, rate, prefix }) =>
    Object.entries(
      optimizer.stepValues(totalSteps, (step, total) => scale(rate(schedule)(step, total, stepsPerEpoch))),
    ).map(([name, value]) => [`${prefix}${name}`, value] as const),
  );
  const { weightAverage } = task;
  return {
    ...Object.fromEntries(ofGroups),
    ...(weightAverage && { [averageShareName]: averageShare(weightAverage) }),
  };
}

/** The variable that the average of a parameter is kept in; it starts as the parameter does. */
export function averageOf({ attributes }: Parameter): Parameter {
  return variable(`average.${attributes.path}`, attributes.initial, { role: 'average' });
}

function slotsOf(
  optimizer: Optimizer,
  { shape, attributes }: Parameter,
): Readonly<Record<string, Parameter>> {
  const slots = Object.entries(optimizer.slots).map(([slot, initializer]) => {
    const path = `${optimizer.name}.${slot}.${attributes.path}`;
    return [slot, variable(path, initializer(shape, path), { role: 'optimizer' })] as const;
  });
  return Object.fromEntries(slots);
}

/**
 * What the optimizers make of the gradients, with the averages that are kept of the new weights.
 *
 * @param gradients - by the path of the parameter; one without a gradient stays as it is
 */
export function applyOptimizers(
  task: Task,
  trainables: readonly Parameter[],
  gradients: ReadonlyMap<string, Node>,
): OptimizerUpdates {
  const updates: Update[] = [];
  const kept: Parameter[] = [];
  const groups = groupsOf(task).map((group) => ({
    ...group,
    values: Object.fromEntries(
      Object.keys(group.optimizer.stepValues(1)).map((name) => [name, stepValue(`${group.prefix}${name}`)]),
    ),
  }));
  for (const parameter of trainables) {
    const { path } = parameter.attributes;
    const gradient = gradients.get(path);
    const group = groups.find(({ match }) => matchesPath(match, path));
    if (gradient === undefined || group === undefined) continue;
    const { optimizer, values } = group;
    const slots = slotsOf(optimizer, parameter);
    const next = optimizer.update({ parameter, gradient, slots, values, path });
    updates.push({ variable: parameter, value: next.parameter });
    for (const [slot, node] of Object.entries(slots)) {
      updates.push({ variable: node, value: lookUp('new slot', next.slots, slot, { op: optimizer.name }) });
      kept.push(node);
    }
    if (task.weightAverage === undefined) continue;
    const average = averageOf(parameter);
    updates.push({
      variable: average,
      value: nextAverage(average, next.parameter, stepValue(averageShareName)),
    });
    kept.push(average);
  }
  return { updates, kept };
}
