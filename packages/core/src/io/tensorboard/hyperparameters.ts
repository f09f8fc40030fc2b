import type { Run } from '../../train/defineRun.ts';
import type { Json } from '../checkpoint.ts';
import { describeRun } from '../describeRun.ts';
import type { EventMessage } from './eventMessages.ts';

type Hyperparameter = string | number | boolean;

/** Of a run's description, what says nothing of how it trains. */
const left = new Set(['name', 'checkpoint', 'fields']);

function* scalarsOf(value: Json, path: readonly string[]): Generator<readonly [string, Hyperparameter]> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    yield [path.join('.'), value];
  else if (value !== null && !Array.isArray(value))
    for (const [name, inner] of Object.entries(value)) yield* scalarsOf(inner, [...path, name]);
}

/** Steps, evenly spaced, at which a schedule is looked at. */
const lookedAt = 100;

/** The highest learning rate of a run, whatever its schedule does before and after. */
function highestRate({ schedule, epochs }: Run, stepsPerEpoch: number): number {
  const total = epochs * stepsPerEpoch;
  const rates = Array.from({ length: lookedAt + 1 }, (_, at) =>
    schedule(Math.floor((at * (total - 1)) / lookedAt), total, stepsPerEpoch),
  );
  return Math.max(...rates);
}

/**
 * The numbers and names that a run resolved to: `batchSize`, `optimizer.beta1`, ..., and `learningRate`, a number wherever it
 * was set.
 */
export function hyperparametersOf(run: Run, stepsPerEpoch: number): Readonly<Record<string, Hyperparameter>> {
  const described = Object.entries(describeRun(run)).filter(([name]) => !left.has(name));
  const { 'optimizer.learningRate': _, ...scalars } = Object.fromEntries(
    described.flatMap(([name, value]) => [...scalarsOf(value, [name])]),
  );
  return { ...scalars, learningRate: highestRate(run, stepsPerEpoch) };
}

const kinds = {
  string: { field: 'stringValue', type: 'DATA_TYPE_STRING' },
  number: { field: 'numberValue', type: 'DATA_TYPE_FLOAT64' },
  boolean: { field: 'boolValue', type: 'DATA_TYPE_BOOL' },
} as const;

function kindOf(value: Hyperparameter): (typeof kinds)[keyof typeof kinds] {
  if (typeof value === 'string') return kinds.string;
  return typeof value === 'number' ? kinds.number : kinds.boolean;
}

/**
 * What the HParams plugin is told of the columns of its table.
 *
 * @param metrics - tags of scalars
 */
export function experimentOf(
  hyperparameters: Readonly<Record<string, Hyperparameter>>,
  metrics: readonly string[],
): EventMessage {
  const hparamInfos = Object.entries(hyperparameters).map(([name, value]) => ({
    name,
    type: kindOf(value).type,
  }));
  return { experiment: { hparamInfos, metricInfos: metrics.map((tag) => ({ name: { tag } })) } };
}

/** What the HParams plugin is told when a run begins. */
export function sessionStartOf(
  hyperparameters: Readonly<Record<string, Hyperparameter>>,
  startTimeSecs: number,
): EventMessage {
  const hparams = Object.entries(hyperparameters).map(([name, value]) => [
    name,
    { [kindOf(value).field]: value },
  ]);
  return { sessionStartInfo: { hparams: Object.fromEntries(hparams), startTimeSecs } };
}

/** What it is told when the run has come to its end. */
export function sessionEndOf(endTimeSecs: number): EventMessage {
  return { sessionEndInfo: { status: 'STATUS_SUCCESS', endTimeSecs } };
}
