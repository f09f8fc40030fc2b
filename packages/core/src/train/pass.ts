import type { ProgramSource } from '../compile/compile.ts';
import { type BatchPlan, planBatches } from '../data/batches.ts';
import type { BlockShuffle } from '../data/blockOrder.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Graph } from '../graph/graph.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { type Accumulation, accumulate } from './accumulate.ts';
import { residentName, rowsName } from './batch.ts';
import type { PlannedStep, PlannedStream, TensorAccess } from './engine.ts';
import { type MicroStep, microSteps } from './microSteps.ts';
import type { PassOrder } from './passOrder.ts';
import type { SplitGraphs } from './splitGraphs.ts';

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

/** A step that, in some epochs, takes the place of another one: it does the same, and measures it. */
export interface MeasuredStep {
  /** Position in the pass. */
  readonly at: number;
  readonly step: PassStep;
  /** In the first epoch and the last of every so many. */
  readonly everyEpochs: number;
}

/** All mini-batches of one way through a data set, in order, as plain data. */
export interface PassPlan {
  readonly steps: readonly PassStep[];
  readonly measured?: MeasuredStep;
  /** Rows in all of them; less than the data set has if the short mini-batch is left out. */
  readonly rows: number;
  /** Rows of the data set. */
  readonly dataRows: number;
  /** Stored row of each row of the data set; absent: all stored rows in order. */
  readonly index?: Uint32Array;
  /** Blocks that an epoch is shuffled by; absent: all rows are. */
  readonly blocks?: BlockShuffle;
  /** Where rows come from that are not all in memory. */
  readonly stream?: PlannedStream;
}

/** A pass and what to compile for it. */
export interface Pass {
  readonly plan: PassPlan;
  readonly sources: readonly ProgramSource[];
}

export interface PassOptions {
  /** Prefix of the names of the inputs that hold the data set. */
  readonly source: string;
  readonly batchSize: number;
  readonly dropLast?: boolean;
  readonly lanes: number;
  /** Most rows to compute at once, at least those of a lane. Default: all of a mini-batch. */
  readonly microBatch?: number;
  /** Computes gradients and applies them in two programs, for a number of rows. Default: one program does both. */
  readonly split?: ((rows: number) => SplitGraphs) | undefined;
}

/**
 * The graph of a mini-batch, for a number of its rows.
 *
 * @param batchSize - rows of the whole mini-batch
 */
export type GraphOfRows = (rows: number, batchSize: number) => Graph;

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

/** Plans mini-batches of which each is computed by one program and applied by another. */
function planSplit(stretch: Stretch, { gradient, apply }: SplitGraphs, lanes: number): StretchPlan {
  const { program, count, size } = stretch;
  const name = gradientProgram(program);
  const steps = planSteps(stretch).map((step) => ({ ...step, parts: [{ ...step, program: name }] }));
  return {
    steps,
    sources: [
      { graph: { ...gradient, name }, batchSize: size, lanes, steps: count },
      { graph: { ...apply, name: program }, batchSize: 0, lanes: 1, steps: count },
    ],
  };
}

/** The program that computes the gradients which a training program applies. */
export const gradientProgram = (program: string): string => `${program}.gradient`;

/**
 * Steps for each one that is measured, at least. Measuring stores gradients that are otherwise used up where they arise: such a
 * step took 7% to 25% longer (dense networks, one and two workers), so all of them together cost less than 1%.
 */
const stepsForMeasured = 32;

/**
 * Plans a pass: one program for the mini-batches of the full size, and one, `<name>.rest`, for the short one at the
 * end if there is one. Where a mini-batch has more rows than may be computed at once, programs `<name>.part0`, ...
 * compute some of its lanes each, and the one with its name combines them. In some epochs `<name>.measured` makes the
 * last mini-batch of the full size.
 *
 * @param measuredGraphOf - a graph that does what that of `graphOf` does, and measures. Default: nothing is measured
 * @throws LockstepError BAD_OPTION for a graph that cannot be computed in parts
 */
export function planPass(
  name: string,
  data: Dataset,
  options: PassOptions,
  graphOf: GraphOfRows,
  measuredGraphOf?: GraphOfRows,
): Pass {
  const { lanes, microBatch, source, split } = options;
  const { batchSize, full, rest }: BatchPlan = planBatches(data.rows, options.batchSize, options.dropLast);
  const planStretch = (stretch: Stretch, graphOf: GraphOfRows): StretchPlan => {
    const { program, size, count } = stretch;
    if (split) return planSplit(stretch, split(size), lanes);
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
    planStretch({ program: name, size: batchSize, count: full, start: 0 }, graphOf),
    ...(rest > 0
      ? [planStretch({ program: `${name}.rest`, size: rest, count: 1, start: inFull }, graphOf)]
      : []),
  ];
  const steps = stretches.flatMap((stretch) => stretch.steps);
  const last = { program: `${name}.measured`, size: batchSize, count: 1, start: inFull - batchSize };
  const measured = measuredGraphOf && planStretch(last, measuredGraphOf);
  const everyEpochs = Math.ceil(stepsForMeasured / steps.length);
  return {
    plan: {
      steps,
      ...measured?.steps.map((step) => ({ measured: { at: full - 1, step, everyEpochs } }))[0],
      rows: inFull + rest,
      dataRows: data.rows,
      ...(data.index && { index: data.index }),
      ...(data.blocks && { blocks: data.blocks }),
      ...planStream(data, source),
    },
    sources: [...stretches, ...(measured ? [measured] : [])].flatMap(({ sources }) => sources),
  };
}

function planStream(
  { stream, blocks, fields, rows }: Dataset,
  source: string,
): { readonly stream?: PlannedStream } {
  if (stream === undefined || blocks === undefined) return {};
  const { module, options, firstRow, slots, readSeconds } = stream;
  const schema = Object.entries(fields).map(([name, { shape, dtype, classes }]) => {
    const field = { shape, dtype, ...(classes === undefined ? {} : { classes }) };
    return [name, field] as const;
  });
  return {
    stream: {
      module,
      options,
      firstRow,
      endRow: firstRow + rows,
      fields: Object.fromEntries(schema),
      inputs: Object.fromEntries(schema.map(([name]) => [name, residentName(source, name)])),
      blockRows: blocks.rows,
      slots,
      readSeconds,
    },
  };
}

/** The step of an epoch (counted from 0) that is measured, if one is. */
export function measuredStep({ measured }: PassPlan, epoch: number): MeasuredStep | undefined {
  if (measured === undefined) return undefined;
  return epoch === 0 || (epoch + 1) % measured.everyEpochs === 0 ? measured : undefined;
}

/** The steps of an epoch, counted from 0. */
export function stepsOfEpoch(plan: PassPlan, epoch: number): readonly PassStep[] {
  const measured = measuredStep(plan, epoch);
  return measured ? plan.steps.with(measured.at, measured.step) : plan.steps;
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

/** Fills the tables of rows: where the row of each position of the pass is in memory. */
export function writeRows(
  access: TensorAccess<FloatArray>,
  steps: readonly PassStep[],
  { placed }: Pick<PassOrder, 'placed'>,
): void {
  for (const { program, entry, start, rows } of steps.flatMap((step) => step.parts ?? [step]))
    access.writeStepValue(program, rowsName, entry, placed.subarray(start, start + rows));
}

/** Names of the step values that a program has. */
export function stepValueNames(access: TensorAccess<FloatArray>, program: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { storage } of access.programs.get(program)?.tensors ?? [])
    if (storage.kind === 'stepValue') names.add(storage.name);
  return names;
}

/** Names of the inputs that programs read. */
export function inputNames({ programs }: TensorAccess<FloatArray>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { tensors } of programs.values())
    for (const { storage } of tensors) if (storage.kind === 'input') names.add(storage.name);
  return names;
}

/** Copies the fields that programs read into their inputs, unless they are streamed. */
export function writeFields(
  access: TensorAccess<FloatArray>,
  data: Dataset,
  nameOf: (field: string) => string,
): void {
  if (data.stream !== undefined) return;
  const wanted = inputNames(access);
  for (const [field, { values }] of Object.entries(data.fields))
    if (wanted.has(nameOf(field))) access.writeInput(nameOf(field), values);
}
