import { dependsOnAxis, loadsOf } from '../nest/analysis.ts';
import { computedPoints } from '../nest/computedPoints.ts';
import type { Nest } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { type Kernel, type Phase, type Program, type Split, unitsFor } from './program.ts';
import { splitKey } from './schedule.ts';

/**
 * What it costs to load or store an element, in multiplications with an addition. Measured in updates of 784-512-512-10 at
 * batch 128 with Adam: 0.13 to 0.16 ns, where a product takes 0.02 ns a point.
 */
const movedElement = 8;

/** Points of a nest that an access differs between: how many elements it touches. */
function elementsOf(nest: Nest, index: readonly Scalar[]): number {
  const touched = nest.axes.reduce(
    (product, { size }, axis) => (index.some((at) => dependsOnAxis(at, axis)) ? product * size : product),
    1,
  );
  return Math.min(touched, computedPoints(nest));
}

/** What all of a nest costs: its points, and the elements that it moves. */
function costOf(nest: Nest): number {
  const points = computedPoints(nest);
  const moved = [...loadsOf(nest), ...nest.stores].reduce(
    (sum, { index }) => sum + elementsOf(nest, index),
    0,
  );
  return points + movedElement * moved;
}

function shareOf(split: Split, worker: number, workers: number): number {
  if (split.kind === 'replicated') return 1;
  if (split.kind === 'single') return worker === 0 ? 1 : 0;
  const { from, end } = unitsFor(split, worker, workers);
  return (end - from) / split.units;
}

const kernelsOf = ({ groups }: Phase): readonly Kernel[] => groups.flatMap(({ kernels }) => kernels);

/** What each worker's share of a phase is expected to cost, in multiplications with an addition. */
export function expectedLoads(phase: Phase, workers: number): readonly number[] {
  const costs = kernelsOf(phase).map(({ nest, split }) => ({ split, cost: costOf(nest) }));
  return Array.from({ length: workers }, (_, worker) =>
    costs.reduce((sum, { split, cost }) => sum + cost * shareOf(split, worker, workers), 0),
  );
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/**
 * Shifts the shares of each phase so that those who have a unit more of one kind have none more of another: the dearest
 * units first, each to where the busiest worker has least. Kernels of one split are shifted alike, because they read what
 * their own share of another has written. Boundaries between shares move by less than a unit, and no bit changes.
 */
export function balanceShares(program: Program, workers: number): Program {
  return { ...program, phases: program.phases.map((phase) => balancePhase(phase, workers)) };
}

function balancePhase(phase: Phase, workers: number): Phase {
  const uneven = new Map<string, { units: number; cost: number }>();
  for (const { nest, split } of kernelsOf(phase)) {
    if (split.kind !== 'axis' || split.owner !== undefined || split.units % workers === 0) continue;
    const { units } = split;
    const key = splitKey(split);
    uneven.set(key, { units, cost: (uneven.get(key)?.cost ?? 0) + costOf(nest) / units });
  }
  if (uneven.size < 2) return phase;
  const shifts = new Map<string, number>();
  const loads = new Float64Array(workers);
  for (const [key, { units, cost }] of [...uneven].sort(([, a], [, b]) => b.cost - a.cost)) {
    const shift = bestShift(loads, units, cost);
    if (shift > 0) shifts.set(key, shift);
    addUnits(loads, units, cost, shift);
  }
  const shifted = ({ nest, split }: Kernel): Kernel => {
    const shift = shifts.get(splitKey(split));
    return split.kind === 'axis' && shift !== undefined
      ? { nest, split: { ...split, shift } }
      : { nest, split };
  };
  return {
    ...phase,
    groups: phase.groups.map((group) => ({ ...group, kernels: group.kernels.map(shifted) })),
  };
}

/** Adds each worker's share of some units to its load; answers with the greatest. */
function addUnits(loads: Float64Array, units: number, cost: number, shift: number): number {
  const workers = loads.length;
  let [start, greatest] = [0, 0];
  for (let worker = 0; worker < workers; worker += 1) {
    const end = Math.floor((units * (worker + 1) + shift) / workers);
    const load = (loads[worker] ?? 0) + cost * (end - start);
    loads[worker] = load;
    greatest = Math.max(greatest, load);
    start = end;
  }
  return greatest;
}

/** Shares repeat with shifts that differ by less than the greatest common divisor of units and workers. */
function bestShift(loads: Float64Array, units: number, cost: number): number {
  const workers = loads.length;
  const step = greatestDivisor(units, workers);
  let best = { shift: 0, greatest: Number.POSITIVE_INFINITY };
  for (let shift = 0; shift < workers; shift += step) {
    const greatest = addUnits(loads.slice(), units, cost, shift);
    // The sums of loads are rounded: what differs by no more is no better.
    if (greatest < best.greatest * (1 - 1e-9)) best = { shift, greatest };
  }
  return best.shift;
}
