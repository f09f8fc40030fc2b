import { requireInMemory } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { checkOptions, nonNegativeInteger, object, positive, positiveInteger } from '../options.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import { compareSlope, type GradientVerdict, type SlopeComparison } from './compareSlope.ts';
import type { Run } from './defineRun.ts';
import { executors } from './executors.ts';
import { chooseMoves, type Move } from './gradientMoves.ts';
import { gradientGraphs, initialGraph, lossOutput } from './graphs.ts';
import { writeFields } from './pass.ts';
import { initialProgram, planRun } from './plan.ts';
import { StepTables, writeConstantTables } from './stepTables.ts';
import { type Variables, writeVariables } from './variables.ts';

export interface GradientCheckOptions {
  /** Rows of the mini-batch, at most those of the run's. Default 16. */
  readonly rows?: number;
  /** Random directions for each parameter. Default 2. */
  readonly directions?: number;
  /** Single elements of each parameter, half of them those with the greatest gradients. Default 4. */
  readonly elements?: number;
  /** Greatest relative error that is right. Default 1e-6. */
  readonly tolerance?: number;
  /** Weights to check at, such as those of a `fit`. Default: those that the run starts with. */
  readonly variables?: Variables;
}

/** One comparison of a parameter's gradient. */
export interface GradientComparison extends SlopeComparison {
  readonly moved: Move['moved'];
}

export interface ParameterCheck {
  readonly path: string;
  readonly shape: readonly number[];
  readonly comparisons: readonly GradientComparison[];
  /** `wrong` if one comparison is; `right` if one is right and none wrong; `kink` if there are only kinks. */
  readonly verdict: GradientVerdict;
}

export interface GradientCheck {
  /** Of the mini-batch, with penalties, in float64. */
  readonly loss: number;
  readonly rows: number;
  readonly tolerance: number;
  /** By path. */
  readonly parameters: readonly ParameterCheck[];
  /** Whether no parameter is wrong. */
  readonly passed: boolean;
}

interface Opened {
  readonly executor: Executor<FloatArray>;
  /** Their gradients, by path. */
  readonly parameters: readonly (readonly [string, Node])[];
}

function verdictOf(comparisons: readonly SlopeComparison[]): GradientVerdict {
  const verdicts = new Set(comparisons.map(({ verdict }) => verdict));
  if (verdicts.has('wrong')) return 'wrong';
  return verdicts.has('right') ? 'right' : 'kink';
}

/** The first mini-batch of a run, or the first rows of it, as programs `loss` and `gradients` in float64. */
function openBatch(run: Run, rows: number, { variables }: GradientCheckOptions): Opened {
  const graphs = gradientGraphs(run.task, { data: run.train, batchSize: rows });
  const initial = { ...initialGraph(graphs.variables.values()), name: initialProgram };
  const sizes = { batchSize: rows, lanes: 1, steps: 1 };
  const executor = executors.float64([
    { graph: initial, batchSize: 0, lanes: 1, steps: 1 },
    { graph: graphs.loss, ...sizes },
    { graph: graphs.gradients, ...sizes },
  ]);
  writeFields(executor, run.train, (field) => residentName('data', field));
  const { index, blocks, rows: dataRows } = run.train;
  for (const { name: program } of [graphs.loss, graphs.gradients]) {
    const steps = [{ program, entry: 0, start: 0, rows }];
    const training = { steps, rows, dataRows, ...(index && { index }), ...(blocks && { blocks }) };
    const plan = planRun(run, { training }, [], graphs.variables.values());
    writeConstantTables(plan, executor);
    new StepTables(plan, executor).write(0, plan.optimizerValues);
  }
  executor.run(initialProgram, 0);
  if (variables !== undefined) writeVariables(executor, variables);
  return { executor, parameters: Object.entries(graphs.gradients.outputs) };
}

/** Compares the gradient of one parameter along one direction; the parameter is afterwards what it was. */
function compareAlong(
  executor: Executor<FloatArray>,
  path: string,
  { gradient, direction, tolerance }: { gradient: Float64Array; direction: Float64Array; tolerance: number },
): SlopeComparison {
  const before = executor.readVariable(path).slice();
  const lossAt = (distance: number): number => {
    executor.writeVariable(
      path,
      before.map((value, at) => value + distance * (direction[at] ?? 0)),
    );
    executor.run('loss', 0);
    return executor.readResult('loss', lossOutput, 0)[0] ?? Number.NaN;
  };
  const analytic = gradient.reduce((total, slope, at) => total + slope * (direction[at] ?? 0), 0);
  const comparison = compareSlope(lossAt, analytic, tolerance);
  executor.writeVariable(path, before);
  return comparison;
}

/**
 * Compares the gradient of a run's training loss with respect to every trained parameter with slopes of the loss, which are made of
 * values of the loss alone: along random directions, and for single elements. Everything is float64, by the interpreter, so what
 * is left between the two is no rounding. The rows, and all that is random (dropout, noise, mixing), are those of the run's first step;
 * penalties are part of the loss, clipping is not part of the gradient.
 *
 * Where the loss has a kink, as relu(x) has at 0, there is no one slope and nothing to compare with. A gradient that is
 * meant to be another than the slope, behind `stopGradient`, is called wrong.
 *
 * It takes four evaluations of the loss or more for each comparison, in the calling thread.
 *
 * @throws LockstepError UNKNOWN_OPTION; BAD_OPTION, also for a streamed data set
 */
export function checkGradients(run: Run, options: GradientCheckOptions = {}): GradientCheck {
  checkOptions('checkGradients', options, {
    rows: positiveInteger,
    directions: nonNegativeInteger,
    elements: nonNegativeInteger,
    tolerance: positive,
    variables: object('variables, such as those of a fit'),
  });
  const { directions = 2, elements = 4, tolerance = 1e-6 } = options;
  if (directions + elements === 0)
    throw new LockstepError('BAD_OPTION', 'there is nothing to compare', {
      where: { field: 'checkGradients.elements' },
      got: '0 directions and 0 elements',
      wanted: 'one of either at least',
    });
  requireInMemory(
    run.train,
    'are not in memory to check gradients with',
    'Define the run on some rows in memory.',
  );
  const rows = Math.min(options.rows ?? 16, run.batchSize, run.train.rows);
  const { executor, parameters } = openBatch(run, rows, options);
  executor.run('loss', 0);
  const loss = executor.readResult('loss', lossOutput, 0)[0] ?? Number.NaN;
  executor.run('gradients', 0);
  const gradients = new Map(
    parameters.map(([path]) => [path, Float64Array.from(executor.readResult('gradients', path, 0))]),
  );
  const checks = parameters.map(([path, { shape }]): ParameterCheck => {
    const gradient = gradients.get(path) ?? new Float64Array();
    const moves = chooseMoves(gradient, shape, { directions, elements, path, seed: run.seed });
    const comparisons = moves.map(({ moved, direction }) => ({
      moved,
      ...compareAlong(executor, path, { gradient, direction, tolerance }),
    }));
    return { path, shape, comparisons, verdict: verdictOf(comparisons) };
  });
  const passed = checks.every(({ verdict }) => verdict !== 'wrong');
  return { loss, rows, tolerance, parameters: checks, passed };
}
