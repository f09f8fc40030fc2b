import { classCounts, imbalance } from '../data/classBalance.ts';
import type { VariableAttributes, VariableRole } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { type PlannedAugmentation, planAugmentations } from './augmentation.ts';
import { type CallbackPeriods, callbackPeriods } from './callback.ts';
import { savePeriods } from './checkpointOptions.ts';
import type { ConvergenceOptions } from './convergence.ts';
import type { Run } from './defineRun.ts';
import type { EarlyStoppingOptions } from './earlyStopping.ts';
import type { ModeDescription, StartEvent } from './events.ts';
import type { PlannedMetric } from './metricSums.ts';
import { type OptimizerValues, tabulateOptimizer } from './optimizerValues.ts';
import type { PassPlan } from './pass.ts';
import type { ReduceOnPlateauOptions } from './plateau.ts';
import { unsteered } from './rateSteering.ts';

/** Name of the program, with one entry, that sets variables to their values at the start. */
export const initialProgram = 'initial';

/** A parameter, running statistic or part of the optimizer's state. */
export interface PlannedVariable {
  readonly path: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/**
 * What the training loop does, as plain data: it can be cloned to another thread. The run's closures have left their
 * marks in the programs and in the tables; callbacks stay where they are and are called from afar.
 */
export interface RunPlan {
  /** What the run's first event says of it, and the loop needs of that. */
  readonly start: Omit<StartEvent, 'type' | 'workers' | 'resumedAt'>;
  readonly mode: ModeDescription;
  /**
   * The engine makes so many training steps as a whole, counted from where it is told to go on, and a halt between two of them
   * would change bits: where the run is only saved, it waits for their end.
   */
  readonly stepsPerRound: number;
  /** Of the whole run: it ends after this one, wherever that is. */
  readonly lastStep: number;
  readonly shuffle: boolean;
  readonly augmentation: readonly PlannedAugmentation[];
  /** What the user should know before the run begins. */
  readonly warnings: readonly string[];
  readonly training: PassPlan;
  readonly validation?: PassPlan;
  /** In order. */
  readonly metrics: readonly PlannedMetric[];
  /** From the first epoch on, of the whole run unless it is very long. */
  readonly optimizerValues: OptimizerValues;
  readonly earlyStopping?: EarlyStoppingOptions;
  readonly convergence?: ConvergenceOptions;
  readonly reduceOnPlateau?: ReduceOnPlateauOptions;
  readonly callbackPeriods: CallbackPeriods;
  /** The state of the run is saved at its end, if somebody keeps it. */
  readonly savesEnd: boolean;
  /** Where else it is. */
  readonly savePeriods: CallbackPeriods;
  readonly variables: readonly PlannedVariable[];
}

function planVariable({ shape, attributes }: Node<VariableAttributes>): PlannedVariable {
  const { path, role, trainable } = attributes;
  return { path, role, shape, trainable };
}

/** The rows of each class, for each field of class labels that a loss compares with. */
function targetCounts({ task, train }: Run): readonly (readonly [string, readonly number[]])[] {
  const targets = new Set(task.losses.map(({ target }) => target));
  return [...targets].flatMap((name) => {
    const counts = classCounts(train, name);
    return counts === undefined ? [] : [[name, counts] as const];
  });
}

/** Plans a run whose passes are known. */
export function planRun(
  run: Run,
  passes: { readonly training: PassPlan; readonly validation?: PassPlan },
  metrics: readonly PlannedMetric[],
  variableNodes: Iterable<Node<VariableAttributes>>,
): RunPlan {
  const variables = Array.from(variableNodes, planVariable);
  const trained = variables.filter(({ trainable }) => trainable);
  const stepsPerEpoch = passes.training.steps.length;
  const counts = targetCounts(run);
  return {
    start: {
      name: run.name,
      mode: 'sync',
      numerics: run.numerics,
      parameters: trained.reduce((total, { shape }) => total + sizeOf(shape), 0),
      lanes: run.lanes,
      seed: run.seed,
      epochs: run.epochs,
      batchSize: run.batchSize,
      stepsPerEpoch,
      rows: run.train.rows,
      validationRows: run.validation?.rows ?? 0,
      classCounts: Object.fromEntries(counts),
    },
    mode: { name: 'sync' },
    stepsPerRound: 1,
    lastStep: Math.min(run.epochs * stepsPerEpoch, run.maxSteps ?? Number.POSITIVE_INFINITY),
    shuffle: run.shuffle,
    warnings: counts.flatMap(([name, each]) => imbalance(run.train, name, each) ?? []),
    augmentation: planAugmentations(run.task.augment ?? []),
    ...passes,
    metrics,
    optimizerValues: tabulateOptimizer(run, stepsPerEpoch, 0, unsteered),
    ...(run.earlyStopping && { earlyStopping: run.earlyStopping }),
    ...(run.convergence && { convergence: run.convergence }),
    ...(run.reduceOnPlateau && { reduceOnPlateau: run.reduceOnPlateau }),
    callbackPeriods: callbackPeriods(run.callbacks),
    savesEnd: run.checkpoint !== undefined,
    savePeriods: savePeriods(run.checkpoint),
    variables,
  };
}
