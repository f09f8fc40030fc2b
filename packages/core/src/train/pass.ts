import type { ProgramSource } from '../compile/compile.ts';
import { type BatchPlan, planBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Graph } from '../graph/graph.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { type Accumulation, accumulate } from './accumulate.ts';
import { rowsName } from './batch.ts';
import type { PlannedStep, TensorAccess } from './engine.ts';
import { type MicroStep, microSteps } from './microSteps.ts';

/** Some rows of a pass: what to run for them. */
export interface RowsStep extends PlannedStep {
  /** The rows of the pass that it takes: from this position on, this many. */
  readonly start: number;
  readonly rows: number;
}

/** One mini-batch of a pass: what to run for it. */
export interface PassStep extends RowsStep {
  /** What computes its rows before, if it is to do no more than combine their sums. */
  readonly parts?: readonly RowsStep[];
}

/** All mini-batches of one way through a data set, in order, as plain data. */
export interface PassPlan {
  readonly steps: readonly PassStep[];
  /** Rows in all of them; less than the data set has if the short mini-batch is left out. */
  readonly rows: number;
  /** Rows of the data set. */
  readonly dataRows: number;
  /** Stored row of each row of the data set; absent: all stored rows in order. */
  readonly index?: Uint32Array;
}

/** A pass and what to compile for it. */
export interface Pass {
  readonly plan: PassPlan;
  readonly sources: readonly ProgramSource[];
}

export interface PassOptions {
  readonly batchSize: number;
  readonly dropLast?: boolean;
  readonly lanes: number;
  /** Most rows to compute at once, at least those of a lane. Default: all of a mini-batch. */
  readonly microBatch?: number;
}

/** Mini-batches of the same size, one after another. */
interface Stretch {
  readonly program: string;
  readonly size: number;
  readonly count: number;
  /** Position of the first row. */
  readonly start: number;
}

/** A part of a pass, and what to compile for it. */
interface StretchPlan {
  readonly steps: readonly PassStep[];
  readonly sources: readonly ProgramSource[];
}

function planSteps({ program, size, count, start }: Stretch): PassStep[] {
  return Array.from({ length: count }, (_, entry) => ({
    program,
    entry,
    start: start + entry * size,
    rows: size,
  }));
}

/** Plans mini-batches of which each is computed in micro-steps. */
function planMicroSteps(
  stretch: Stretch,
  micro: readonly MicroStep[],
  { parts, order, whole }: Accumulation,
): StretchPlan {
  const { program, count } = stretch;
  const partName = (kind: number): string => `${program}.part${kind}`;
  const uses = parts.map((_, kind) => order.filter((other) => other === kind).length);
  const steps = planSteps(stretch).map((step) => ({
    ...step,
    parts: micro.map(({ start, rows }, at) => {
      const kind = order[at] ?? 0;
      const before = order.slice(0, at).filter((other) => other === kind).length;
      const entry = step.entry * (uses[kind] ?? 0) + before;
      return { program: partName(kind), entry, start: step.start + start, rows };
    }),
  }));
  const sources = parts.map((part, kind) => ({
    ...part,
    graph: { ...part.graph, name: partName(kind) },
    steps: count * (uses[kind] ?? 0),
  }));
  const combining = { graph: { ...whole, name: program }, batchSize: 0, lanes: 1, steps: count };
  return { steps, sources: [...sources, combining] };
}

/**
 * Plans a pass: one program for the mini-batches of the full size, and one, `<name>.rest`, for the short one at the
 * end if there is one. Where a mini-batch has more rows than may be computed at once, programs `<name>.part0`, ...
 * compute some of its lanes each, and the one with its name combines them.
 *
 * @param graphOf - the graph for a number of rows of a mini-batch
 * @throws LockstepError BAD_OPTION for a graph that cannot be computed in parts
 */
export function planPass(
  name: string,
  data: Dataset,
  options: PassOptions,
  graphOf: (rows: number, batchSize: number) => Graph,
): Pass {
  const { lanes, microBatch } = options;
  const { batchSize, full, rest }: BatchPlan = planBatches(data.rows, options.batchSize, options.dropLast);
  const planStretch = (stretch: Stretch): StretchPlan => {
    const { program, size, count } = stretch;
    const micro = microBatch === undefined ? [] : microSteps(size, lanes, microBatch);
    if (micro.length > 1)
      return planMicroSteps(
        stretch,
        micro,
        accumulate((rows) => graphOf(rows, size), size, micro),
      );
    const graph = { ...graphOf(size, size), name: program };
    return { steps: planSteps(stretch), sources: [{ graph, batchSize: size, lanes, steps: count }] };
  };
  const inFull = full * batchSize;
  const stretches = [
    planStretch({ program: name, size: batchSize, count: full, start: 0 }),
    ...(rest > 0 ? [planStretch({ program: `${name}.rest`, size: rest, count: 1, start: inFull })] : []),
  ];
  return {
    plan: {
      steps: stretches.flatMap(({ steps }) => steps),
      rows: inFull + rest,
      dataRows: data.rows,
      ...(data.index && { index: data.index }),
    },
    sources: stretches.flatMap(({ sources }) => sources),
  };
}

/** What an engine has to make for steps of a pass. */
export function engineSteps(steps: readonly PassStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => [...(step.parts ?? []), step]);
}

/** How many steps of a pass are whole once an engine has made the first so many of {@link engineSteps}. */
export function wholeSteps(steps: readonly PassStep[], made: number): number {
  let rest = made;
  const broken = steps.findIndex(({ parts }) => {
    rest -= 1 + (parts?.length ?? 0);
    return rest < 0;
  });
  return broken < 0 ? steps.length : broken;
}

/**
 * Fills the tables of rows.
 *
 * @param order - the row that each position of the pass takes. Default: its own
 * @returns the stored row of each position
 */
export function writeRows(
  access: TensorAccess<FloatArray>,
  { rows: total, steps, index }: PassPlan,
  order?: ArrayLike<number>,
): Int32Array {
  const stored = new Int32Array(total);
  for (let position = 0; position < total; position += 1) {
    const row = order?.[position] ?? position;
    stored[position] = index?.[row] ?? row;
  }
  for (const { program, entry, start, rows } of steps.flatMap((step) => step.parts ?? [step]))
    access.writeStepValue(program, rowsName, entry, stored.subarray(start, start + rows));
  return stored;
}

/** Names of the step values that a program has. */
export function stepValueNames(access: TensorAccess<FloatArray>, program: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { storage } of access.programs.get(program)?.tensors ?? [])
    if (storage.kind === 'stepValue') names.add(storage.name);
  return names;
}

/** Copies the fields that programs read into their inputs. */
export function writeFields(
  access: TensorAccess<FloatArray>,
  data: Dataset,
  nameOf: (field: string) => string,
): void {
  const wanted = new Set<string>();
  for (const { tensors } of access.programs.values())
    for (const { storage } of tensors) if (storage.kind === 'input') wanted.add(storage.name);
  for (const [field, { values }] of Object.entries(data.fields))
    if (wanted.has(nameOf(field))) access.writeInput(nameOf(field), values);
}
