import type { VariableRole } from '../graph/leaves.ts';
import type { Nest } from '../nest/nest.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** Where a tensor's memory comes from. */
export type Storage =
  /** Written and read within a step. */
  | { readonly kind: 'temporary' }
  | { readonly kind: 'variable'; readonly path: string; readonly role: VariableRole }
  /** A second copy of a variable in another layout, kept equal by whoever writes the variable. */
  | { readonly kind: 'derived'; readonly path: string; readonly of: number }
  /** Written by the host before the program runs; stays. */
  | { readonly kind: 'input'; readonly name: string }
  /** One entry a step in a table that the host fills. */
  | { readonly kind: 'stepValue'; readonly name: string }
  /** One entry a step in a table that the host reads. */
  | { readonly kind: 'result'; readonly name: string }
  | { readonly kind: 'constant'; readonly values: Float32Array | Int32Array };

/** One digit of an axis index written in mixed radix: `extent` values, `stride` elements apart. */
export interface Digit {
  readonly extent: number;
  readonly stride: number;
}

/**
 * Where the elements of a tensor lie: for each logical axis its digits, least significant first. The offset of an element is
 * the sum over axes and digits of digit x stride. Row-major is one digit an axis; blocking by 8 makes two of one axis.
 */
export interface Layout {
  readonly axes: readonly (readonly Digit[])[];
  /** Elements taken, padding included. What lies in the padding has no meaning; nothing may depend on it. */
  readonly elements: number;
}

/**
 * Parts of the arena, in the order they lie. Bases are bound per worker: only `scratch` differs between workers.
 */
export const segments = [
  'parameters',
  'derived',
  'state',
  'sums',
  'activations',
  'constants',
  'data',
  'steps',
  'results',
  'scratch',
] as const;
export type Segment = (typeof segments)[number];

export interface Place {
  readonly segment: Segment;
  /** Bytes from the start of the segment. */
  readonly offset: number;
  /** Bytes between the entries of a table with one entry a step; 0 otherwise. */
  readonly stepStride: number;
}

export interface ProgramTensor extends TensorType {
  readonly id: number;
  readonly name: string;
  readonly storage: Storage;
  readonly layout: Layout;
  /** Axis that vectors run along, once the operands pass has decided it; scalars have none. */
  readonly vectorAxis?: number;
  readonly place?: Place;
}

/** One of `parts` equal parts of some work that is not cut along an axis; see {@link ownerOf}. */
export interface Owner {
  readonly part: number;
  readonly parts: number;
}

/** The worker of W that a part belongs to. */
export function ownerOf({ part, parts }: Owner, workers: number): number {
  return Math.floor((part * workers) / parts);
}

/**
 * How the points of a kernel are shared between workers.
 * `axis`: the nest's parallel axis is cut into units of `unit` indices, which {@link unitsFor} shares out. `single`: rank 0
 * alone. `replicated`: every worker computes all of it, into scratch of its own.
 */
export type Split =
  | {
      readonly kind: 'axis';
      readonly axis: number;
      readonly unit: number;
      readonly units: number;
      readonly owner?: Owner;
      /** Which workers have a unit more than others, where they cannot all have equally many; 0 by default. */
      readonly shift?: number;
    }
  | { readonly kind: 'single' }
  | { readonly kind: 'replicated' };

export type AxisSplit = Extract<Split, { kind: 'axis' }>;

/** Some of the equal pieces that a worker's share of a phase is cut into. */
export interface Pieces {
  readonly from: number;
  readonly end: number;
  /** How many there are; see {@link Phase.pieces}. */
  readonly of: number;
}

const wholeShare: Pieces = { from: 0, end: 1, of: 1 };

/**
 * The units of U that worker w of W does: from floor((U w + s) / W) to before floor((U (w + 1) + s) / W), with the shift s
 * modulo W. Pieces of the share are cut in the same way. With an owner all units belong to one worker's first piece.
 */
export function unitsFor(
  { units, owner, shift = 0 }: AxisSplit,
  worker: number,
  workers: number,
  { from, end, of }: Pieces = wholeShare,
): { readonly from: number; readonly end: number } {
  if (owner) return { from: 0, end: from === 0 && ownerOf(owner, workers) === worker ? units : 0 };
  const start = (piece: number): number =>
    Math.floor((units * (worker * of + piece) + (shift % workers) * of) / (workers * of));
  return { from: start(from), end: start(end) };
}

export interface Kernel {
  readonly nest: Nest;
  readonly split: Split;
}

/**
 * Kernels that a worker runs together, for each unit of its share in turn: `for (unit of share) for (kernel of kernels)`.
 * All kernels of a group have the same number of units.
 */
export interface Group {
  readonly kernels: readonly Kernel[];
  /** Units to hand to a kernel at once, so that what the group touches stays in cache. */
  readonly chunk: number;
}

/**
 * Inside a phase workers do not coordinate, but for who makes which piece; all of them arrive at a barrier at its end.
 */
export interface Phase {
  readonly groups: readonly Group[];
  /**
   * Each worker's share is cut into so many pieces. It makes the first {@link ownPieces} itself; the rest may be made by any
   * worker, as a whole. No bit depends on who does. Default 1.
   */
  readonly pieces?: number;
  /**
   * A replicated scalar to look at after the phase's first `guardAfter` groups: if it is not finite the worker leaves the
   * step there. Every worker computes it from the same data, so all of them leave together.
   */
  readonly guard?: { readonly tensor: number; readonly guardAfter: number };
}

/**
 * How many pieces of its share a worker makes itself: at least one, because what is replicated, and the guard, belong to every
 * piece, and every worker needs both.
 */
export const ownPieces = (pieces: number): number => Math.max(1, pieces >> 1);

/**
 * A compiled computation as plain, cloneable data. Each pass takes a Program and answers with a new one; the bits of every
 * result stay what `lower` defined.
 */
export interface Program {
  readonly name: string;
  /** The program whose tables this one uses: it makes the same steps in another way. */
  readonly insteadOf?: string;
  readonly tensors: readonly ProgramTensor[];
  readonly phases: readonly Phase[];
  /** Rows of the mini-batch (0 when there is no batch axis). */
  readonly batchSize: number;
  /** Parts that a sum over the mini-batch is made in. */
  readonly lanes: number;
  /** Entries of the per-step tables. */
  readonly steps: number;
  /** The result that has to be finite before variables are updated. */
  readonly guard?: string;
}
