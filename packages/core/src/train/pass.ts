import type { ProgramSource } from '../compile/compile.ts';
import { type BatchPlan, planBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Graph } from '../graph/graph.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { rowsName } from './batch.ts';
import type { PlannedStep, TensorAccess } from './engine.ts';

/** One mini-batch of a pass: what to run for it. */
export interface PassStep extends PlannedStep {
  /** The rows of the pass that it takes: from this position on, this many. */
  readonly start: number;
  readonly rows: number;
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

function part(program: string, size: number, steps: number, start: number): PassStep[] {
  return Array.from({ length: steps }, (_, entry) => ({
    program,
    entry,
    start: start + entry * size,
    rows: size,
  }));
}

/**
 * Plans a pass: one program for the mini-batches of the full size, and one, `<name>.rest`, for the short one at the
 * end if there is one.
 *
 * @param graphOf - the graph for a number of rows
 */
export function planPass(
  name: string,
  data: Dataset,
  options: { readonly batchSize: number; readonly dropLast?: boolean; readonly lanes: number },
  graphOf: (batchSize: number) => Graph,
): Pass {
  const { lanes } = options;
  const { batchSize, full, rest }: BatchPlan = planBatches(data.rows, options.batchSize, options.dropLast);
  const source = (program: string, size: number, steps: number): ProgramSource => ({
    graph: { ...graphOf(size), name: program },
    batchSize: size,
    lanes,
    steps,
  });
  const restName = `${name}.rest`;
  return {
    plan: {
      steps: [
        ...part(name, batchSize, full, 0),
        ...(rest > 0 ? part(restName, rest, 1, full * batchSize) : []),
      ],
      rows: full * batchSize + rest,
      dataRows: data.rows,
      ...(data.index && { index: data.index }),
    },
    sources: [source(name, batchSize, full), ...(rest > 0 ? [source(restName, rest, 1)] : [])],
  };
}

/**
 * Fills the tables of rows.
 *
 * @param order - the row that each position of the pass takes. Default: its own
 */
export function writeRows(
  access: TensorAccess<FloatArray>,
  { rows: total, steps, index }: PassPlan,
  order?: ArrayLike<number>,
): void {
  const stored = Int32Array.from({ length: total }, (_, position) => {
    const row = order?.[position] ?? position;
    return index?.[row] ?? row;
  });
  for (const { program, entry, start, rows } of steps)
    access.writeStepValue(program, rowsName, entry, stored.subarray(start, start + rows));
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
