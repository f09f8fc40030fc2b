import { blockedLayout, paddedRows } from './layout.ts';
import type { Group, Kernel, Phase, Program, Split } from './program.ts';

/** Rows that a product's tile holds: every unit of rows is a multiple. */
const tileRows = 4;
/** Above this a block of activations leaves the first-level cache for no gain. */
const mostRows = 32;
/** Eight panels of a weight's rows at a time stay in the second-level cache while all mini-batch rows pass. */
const panelsAtOnce = 8;

/**
 * Rows of the mini-batch in one unit of work: the largest multiple of 4 up to 32 that gives every worker a unit and wastes
 * no more rows than 4 would. Any choice gives the same bits.
 */
export function chooseRowUnit(batchSize: number, workers: number): number {
  const least = Math.ceil(batchSize / tileRows) * tileRows;
  for (let rows = mostRows; rows > tileRows; rows -= tileRows)
    if (Math.ceil(batchSize / rows) * rows === least && least / rows >= workers) return rows;
  return tileRows;
}

/** Whether every lane starts at the start of a row block; otherwise all rows lie in one block. */
function blocksFitLanes(batchSize: number, lanes: number, rowUnit: number): boolean {
  return lanes === 1 || (batchSize % lanes === 0 && (batchSize / lanes) % rowUnit === 0);
}

/** Gives every tensor its layout. */
export function assignLayouts(program: Program, rowUnit: number): Program {
  const blocked = blocksFitLanes(program.batchSize, program.lanes, rowUnit);
  return {
    ...program,
    tensors: program.tensors.map((tensor) => ({
      ...tensor,
      layout:
        tensor.storage.kind === 'input' && tensor.batchAxis === undefined
          ? paddedRows(tensor.shape)
          : blockedLayout(tensor, {
              vectorAxis: tensor.vectorAxis,
              batchSize: Math.max(1, program.batchSize),
              rowUnit,
              blocked,
            }),
    })),
  };
}

const keyOf = (split: Split): string =>
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
    const key = keyOf(kernel.split);
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
