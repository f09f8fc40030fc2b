import { blockedLayout, paddedRows, panelRows } from './layout.ts';
import type { Group, Kernel, Layout, Phase, Program, ProgramTensor, Split } from './program.ts';

/** Rows that a product's tile holds: every unit of rows is a multiple. */
const tileRows = 4;
/** Above this a block of activations leaves the first-level cache for no gain. */
const mostRows = 32;
/**
 * A block of r rows takes about as long as r + 1/2 rows of a large one. Measured for a step of dense networks, 16, 8 and 4 rows
 * compared with 32: 1.04, 1.09, 1.06 (784-512-512-10, batch 128), 1.02, 1.02, 1.05 (batch 1024), 0.99 (784-64-64-10).
 */
const blockRows = 0.5;
/** Eight panels of a weight's rows at a time stay in the second-level cache while all mini-batch rows pass. */
const panelsAtOnce = 8;

/**
 * Rows of the mini-batch in one unit of work: the multiple of 4 up to 32 with which the busiest worker is expected to be
 * done first, of those that waste no more rows than 4 would; of equals the largest. Any choice gives the same bits.
 */
export function chooseRowUnit(batchSize: number, workers: number): number {
  const least = Math.ceil(batchSize / tileRows) * tileRows;
  let best = { rows: tileRows, time: Number.POSITIVE_INFINITY };
  for (let rows = mostRows; rows >= tileRows; rows -= tileRows) {
    if (Math.ceil(batchSize / rows) * rows !== least) continue;
    const time = Math.ceil(least / rows / workers) * (rows + blockRows);
    if (time < best.time) best = { rows, time };
  }
  return best.rows;
}

/** Whether every lane starts at the start of a row block; otherwise all rows lie in one block. */
function blocksFitLanes(batchSize: number, lanes: number, rowUnit: number): boolean {
  return lanes === 1 || (batchSize % lanes === 0 && (batchSize / lanes) % rowUnit === 0);
}

/**
 * Gives every tensor its layout.
 *
 * @param gathered - paths of the variables that are read row by row; see `gatheredVariables`
 */
export function assignLayouts(program: Program, rowUnit: number, gathered: ReadonlySet<string>): Program {
  const blocked = blocksFitLanes(program.batchSize, program.lanes, rowUnit);
  const layoutOf = (tensor: ProgramTensor): Layout => {
    const { storage, shape, batchAxis, vectorAxis } = tensor;
    if (storage.kind === 'input' && batchAxis === undefined) return paddedRows(shape);
    if (storage.kind === 'variable' && vectorAxis === 1 && gathered.has(storage.path))
      return panelRows(shape);
    return blockedLayout(tensor, {
      vectorAxis,
      batchSize: Math.max(1, program.batchSize),
      rowUnit,
      blocked,
    });
  };
  return {
    ...program,
    tensors: program.tensors.map((tensor) => ({ ...tensor, layout: layoutOf(tensor) })),
  };
}

/** Kernels of equal keys are split alike. */
export const splitKey = (split: Split): string =>
  JSON.stringify(split.kind === 'axis' ? [split.units, split.unit, split.owner] : [split.kind]);

/** Puts kernels of one split together, so that a worker takes a unit through all of them while it is in cache. */
export function groupKernels(program: Program): Program {
  return { ...program, phases: program.phases.map((phase) => groupPhase(phase, program)) };
}

function groupPhase(phase: Phase, program: Program): Phase {
  const kernels = phase.groups.flatMap((group) => group.kernels);
  const guarded = phase.guard?.guardAfter ?? 0;
  const head: Group[] = kernels
    .slice(0, guarded)
    .map((kernel) => ({ kernels: [kernel], chunk: chunkOf(kernel, program) }));
  const clusters = new Map<string, Kernel[]>();
  for (const kernel of kernels.slice(guarded)) {
    const key = splitKey(kernel.split);
    const cluster = clusters.get(key);
    if (cluster === undefined) clusters.set(key, [kernel]);
    else cluster.push(kernel);
  }
  const tail = [...clusters.values()].map(
    (cluster): Group => ({
      kernels: cluster,
      chunk: Math.min(...cluster.map((kernel) => chunkOf(kernel, program))),
    }),
  );
  return { ...phase, groups: [...head, ...tail] };
}

/** Rows go unit by unit; weights eight panels at a time. */
function chunkOf(kernel: Kernel, program: Program): number {
  const { split, nest } = kernel;
  if (split.kind !== 'axis') return 1;
  return nest.axes[split.axis]?.batch && program.batchSize > 0 ? 1 : panelsAtOnce;
}
