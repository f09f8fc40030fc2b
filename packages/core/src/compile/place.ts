import { LockstepError } from '../errors.ts';
import type { VariableRole } from '../graph/leaves.ts';
import { loadsOf } from '../nest/analysis.ts';
import { asEqualSearch } from '../nest/equalSearch.ts';
import { dtypeBytes } from '../tensor/dtype.ts';
import { panel, roundUp } from './layout.ts';
import { type Program, type ProgramTensor, type Segment, segments } from './program.ts';
import { searchSlotBytes, searchSlots } from './searchTable.ts';

/** Bytes of each segment; `scratch` is taken once for every worker. */
export type SegmentBytes = Readonly<Record<Segment, number>>;

/**
 * Start of every worker's scratch: sums of product tiles. A 4 x 16 tile for each level of a lane tree; or one for each tile of the 64
 * rows that a worker takes at once; or, where machine code makes the sums, 128 columns of them, and 2048 terms of 32 columns.
 */
export const tileScratchBytes = 32768 + 262144;

/** Left free after each tensor that stays. */
export const cacheLine = 64;
/** WebAssembly addresses are 32 bits. */
const mostBytes = 2 ** 32;

const segmentOfRole = {
  parameter: 'parameters',
  statistic: 'parameters',
  average: 'parameters',
  optimizer: 'state',
  accumulator: 'sums',
} as const satisfies Record<VariableRole, Segment>;

function segmentOf(tensor: ProgramTensor, replicated: ReadonlySet<number>): Segment {
  const { storage } = tensor;
  switch (storage.kind) {
    case 'variable':
      return segmentOfRole[storage.role];
    case 'derived':
      return 'derived';
    case 'input':
      return 'data';
    case 'constant':
      return 'constants';
    case 'stepValue':
      return 'steps';
    case 'result':
      return 'results';
    case 'temporary':
      return replicated.has(tensor.id) ? 'scratch' : 'activations';
    default:
      return storage satisfies never;
  }
}

/**
 * Variables and inputs are one tensor in all programs, and tables in those that make the same steps: they share a place by this
 * key.
 */
function sharedKey({ storage, vectorAxis }: ProgramTensor, program: Program): string | undefined {
  if (storage.kind === 'stepValue' || storage.kind === 'result')
    return `${storage.kind} ${program.insteadOf ?? program.name} ${storage.name}`;
  if (storage.kind === 'variable') return `variable ${storage.path}`;
  if (storage.kind === 'derived') return `derived ${storage.path} ${vectorAxis}`;
  if (storage.kind === 'input') return `input ${storage.name}`;
  return undefined;
}

/** Bytes a tensor's elements take; 16 more, since a vector load of bytes may reach past the last one. */
export function bytesOf({ layout, dtype }: Pick<ProgramTensor, 'layout' | 'dtype'>): number {
  return roundUp(roundUp(layout.elements, panel) * dtypeBytes[dtype] + 2 * panel, cacheLine);
}

interface Placed {
  readonly programs: readonly Program[];
  readonly bytes: SegmentBytes;
}

/**
 * Gives every tensor that a kernel touches its place. Programs of one run share variables and inputs; each has its own tables,
 * but for those that make the same steps.
 * Temporaries of different programs use the same memory, since one program runs at a time; inside a program those whose
 * phases do not overlap do. Inside a phase nothing is reused: another worker may be kernels ahead.
 *
 * @throws LockstepError MEMORY_LIMIT when the arena would pass 4 GiB, with what takes how much
 */
export function placeTensors(programs: readonly Program[], workers: number): Placed {
  const bytes: Record<Segment, number> = {
    parameters: 0,
    derived: 0,
    state: 0,
    sums: 0,
    activations: 0,
    constants: 0,
    data: 0,
    steps: 0,
    results: 0,
    scratch: tileScratchBytes,
  };
  const shared = new Map<string, number>();
  const placed = programs.map((program) => {
    const replicated = replicatedTensors(program);
    const lifetimes = lifetimesOf(program);
    const busy: { from: number; to: number; offset: number; bytes: number }[] = [];
    let scratch = kernelScratchBytes(program);
    bytes.scratch = Math.max(bytes.scratch, scratch);
    const tensors = program.tensors.map((tensor): ProgramTensor => {
      const life = lifetimes.get(tensor.id);
      const segment = segmentOf(tensor, replicated);
      const size = bytesOf(tensor);
      const key = sharedKey(tensor, program);
      const table = segment === 'steps' || segment === 'results';
      if (life === undefined && (table || key === undefined)) return tensor;
      const at = (offset: number): ProgramTensor => ({
        ...tensor,
        place: { segment, offset, stepStride: table ? size : 0 },
      });
      if (segment === 'activations' && life !== undefined) {
        const offset = firstFit(
          busy.filter((other) => other.from <= life.to && life.from <= other.to),
          size,
        );
        busy.push({ ...life, offset, bytes: size });
        bytes.activations = Math.max(bytes.activations, offset + size);
        return at(offset);
      }
      if (segment === 'scratch') {
        scratch += size;
        bytes.scratch = Math.max(bytes.scratch, scratch);
        return at(scratch - size);
      }
      const known = key === undefined ? undefined : shared.get(key);
      if (known !== undefined) return at(known);
      // One more line between tensors: power-of-two sizes would otherwise fall on the same cache sets.
      const offset = bytes[segment];
      bytes[segment] = offset + size * (table ? program.steps : 1) + cacheLine;
      if (key !== undefined) shared.set(key, offset);
      return at(offset);
    });
    return { ...program, tensors };
  });
  const total = arenaBytes(bytes, workers);
  if (total > mostBytes)
    throw new LockstepError('MEMORY_LIMIT', 'the run does not fit into one arena', {
      got: `${(total / 2 ** 20).toFixed(0)} MiB (${segments.map((segment) => `${segment} ${(bytes[segment] / 2 ** 20).toFixed(1)}`).join(', ')})`,
      wanted: 'at most 4096 MiB',
      hint: 'set microBatch or use a smaller batch, stream the data set, or keep images as uint8',
    });
  return { programs: placed, bytes };
}

/** Bytes of the whole arena for a number of workers. */
export function arenaBytes(bytes: SegmentBytes, workers: number): number {
  return segments.reduce(
    (sum, segment) => sum + roundUp(bytes[segment], cacheLine) * (segment === 'scratch' ? workers : 1),
    cacheLine,
  );
}

/** Where each segment starts for the worker of a rank. The first line stays free, so that no tensor is at address 0. */
export function segmentBases(bytes: SegmentBytes, rank: number): SegmentBytes {
  let next = cacheLine;
  const bases = segments.map((segment) => {
    const base = next;
    next += roundUp(bytes[segment], cacheLine);
    return [segment, segment === 'scratch' ? base + rank * roundUp(bytes.scratch, cacheLine) : base] as const;
  });
  return Object.fromEntries(bases) as Record<Segment, number>;
}

function firstFit(overlapping: readonly { offset: number; bytes: number }[], size: number): number {
  let offset = 0;
  for (const other of [...overlapping].sort((a, b) => a.offset - b.offset)) {
    if (offset + size + cacheLine <= other.offset) break;
    offset = Math.max(offset, other.offset + other.bytes + cacheLine);
  }
  return offset;
}

/** What the kernels of a program need of the start of a worker's scratch, one after another. */
function kernelScratchBytes({ phases }: Program): number {
  const searches = phases.flatMap(({ groups }) =>
    groups.flatMap(({ kernels }) =>
      kernels.map(({ nest }) => {
        const search = asEqualSearch(nest);
        return search === undefined ? 0 : searchSlots(search.length) * searchSlotBytes;
      }),
    ),
  );
  return Math.max(tileScratchBytes, ...searches);
}

function replicatedTensors(program: Program): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { groups } of program.phases)
    for (const { kernels } of groups)
      for (const { nest, split } of kernels)
        if (split.kind === 'replicated') for (const store of nest.stores) found.add(store.tensor);
  return found;
}

/** First and last phase that touches each tensor. */
export function lifetimesOf(
  program: Program,
): ReadonlyMap<number, { readonly from: number; readonly to: number }> {
  const lifetimes = new Map<number, { from: number; to: number }>();
  for (const [phase, { groups }] of program.phases.entries())
    for (const { kernels } of groups)
      for (const { nest } of kernels)
        for (const { tensor } of [...nest.stores, ...loadsOf(nest)]) {
          const life = lifetimes.get(tensor) ?? { from: phase, to: phase };
          lifetimes.set(tensor, { from: life.from, to: phase });
        }
  return lifetimes;
}
