import { LockstepError } from '../errors.ts';
import type { TouchedRows, Update } from '../graph/graph.ts';
import { stepValue, type VariableAttributes, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import { add, gather, mul, sub } from '../ops/index.ts';
import type { Optimizer, Schedule, UpdateResult } from '../optim/index.ts';
import type { OptimizerGroup } from '../optim/parameterGroup.ts';
import { matchesPath } from '../optim/pathPattern.ts';
import { type RowGradient, requireRowwise } from '../optim/touchedRows.ts';
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
  const ofGroups = groupsOf(task).flatMap(({ optimizer, rate, prefix }) => {
    const own = rate(schedule);
    const scaled: Schedule = (step, total) => scale(own(step, total, stepsPerEpoch));
    const values = Object.entries(optimizer.stepValues(totalSteps, scaled));
    return values.map(([name, value]) => [`${prefix}${name}`, value] as const);
  });
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

/** The gradient of a parameter: of all of it, or of the rows that the mini-batch touches. */
export interface ParameterGradient extends Pick<RowGradient, 'gradient'> {
  readonly rows?: TouchedRows;
}

/** The optimizer's rule for one parameter; for some of its rows, it gets and gives these rows of everything. */
function applyRule(
  { optimizer, values }: { readonly optimizer: Optimizer; readonly values: Readonly<Record<string, Node>> },
  parameter: Parameter,
  { gradient, rows }: ParameterGradient,
  slots: Readonly<Record<string, Parameter>>,
): UpdateResult {
  const { path } = parameter.attributes;
  if (rows === undefined) return optimizer.update({ parameter, gradient, slots, values, path });
  const rowsOf = (node: Node): Node => gather(node, rows.index);
  const given = {
    parameter: rowsOf(parameter),
    slots: Object.fromEntries(Object.entries(slots).map(([slot, node]) => [slot, rowsOf(node)])),
  };
  const next = optimizer.update({ ...given, gradient, values, path });
  requireRowwise(
    optimizer.name,
    [gradient, given.parameter, ...Object.values(given.slots)],
    [next.parameter, ...Object.values(next.slots)],
  );
  return next;
}

/** A parameter, or the rows of it that are touched, once it has moved by a share of the way to its new value. */
function movedBy(share: Node, parameter: Parameter, rows: TouchedRows | undefined, next: Node): Node {
  const before = rows ? gather(parameter, rows.index) : parameter;
  return add(before, mul(sub(next, before), share));
}

/**
 * What the optimizers make of the gradients, with the averages that are kept of the new weights.
 *
 * @param gradients - by the path of the parameter; one without a gradient stays as it is
 * @param share - parameters move by so much of what their rule moves them by; slots change as they would. Default: all of it
 * @throws LockstepError BAD_OPTION where sparse gradients do not go with what is asked for
 */
export function applyOptimizers(
  task: Task,
  trainables: readonly Parameter[],
  gradients: ReadonlyMap<string, ParameterGradient>,
  share?: Node,
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
    const { optimizer } = group;
    const slots = slotsOf(optimizer, parameter);
    const next = applyRule(group, parameter, gradient, slots);
    const rows = gradient.rows && { rows: gradient.rows };
    const moved = share ? movedBy(share, parameter, gradient.rows, next.parameter) : next.parameter;
    updates.push({ variable: parameter, value: moved, ...rows });
    for (const [slot, node] of Object.entries(slots)) {
      const value = lookUp('new slot', next.slots, slot, { op: optimizer.name });
      updates.push({ variable: node, value, ...rows });
      kept.push(node);
    }
    if (task.weightAverage === undefined) continue;
    if (rows)
      throw new LockstepError('BAD_OPTION', 'an average of weights moves all rows of a table in every step', {
        where: { field: 'run.weightAverage' },
        got: `"${path}", whose gradient is sparse`,
        hint: 'Make the embedding with sparse: false; a step then costs as much as the table is large.',
      });
    const average = averageOf(parameter);
    updates.push({
      variable: average,
      value: nextAverage(average, moved, stepValue(averageShareName)),
    });
    kept.push(average);
  }
  return { updates, kept };
}
