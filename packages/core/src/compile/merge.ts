import { isSameIndex, type Load, loadsOf } from '../nest/analysis.ts';
import type { Nest, Store } from '../nest/nest.ts';
import { rewrite, type Scalar, walk } from '../nest/scalar.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { panel } from './layout.ts';
import type { Group, Kernel, Phase, Program, ProgramTensor } from './program.ts';

/**
 * Merges maps into the kernel that computes what they read (bias, activation and the optimizer's update become epilogues of
 * a product or a sum), inside a phase and for equal splits, and drops stores nobody reads any more. What is computed, and the
 * order of every sum, stay as they are.
 */
export function mergeEpilogues(program: Program): Program {
  const merged = { ...program, phases: program.phases.map((phase) => mergePhase(phase, program.tensors)) };
  return dropUnread(merged);
}

function mergePhase(phase: Phase, tensors: readonly ProgramTensor[]): Phase {
  const kernels = phase.groups.flatMap((group) => group.kernels);
  const fixed = phase.guard?.guardAfter ?? 0;
  const head = kernels.slice(0, fixed);
  const tail: Kernel[] = [];
  for (const kernel of kernels.slice(fixed)) {
    const at = findHost(tail, kernel, tensors);
    const host = at === undefined ? undefined : tail[at];
    if (at === undefined || host === undefined) tail.push(kernel);
    else tail[at] = { ...host, nest: mergeNests(host.nest, kernel.nest) };
  }
  return { ...phase, groups: [...head, ...tail].map((kernel) => ({ kernels: [kernel], chunk: 1 })) };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The place of the kernel that the map can become an epilogue of: the last one that it reads from. */
function findHost(
  kernels: readonly Kernel[],
  map: Kernel,
  tensors: readonly ProgramTensor[],
): number | undefined {
  const { nest } = map;
  if (nest.reduction !== undefined) return undefined;
  const loads = loadsOf(nest);
  const at = kernels.findLastIndex((kernel) =>
    kernel.nest.stores.some((store) => loads.some((load) => load.tensor === store.tensor)),
  );
  const host = kernels[at];
  if (host === undefined || !same(host.split, map.split)) return undefined;
  if (host.nest.reduction?.scan) return undefined;
  const parallel = host.nest.axes.filter((_, axis) => axis !== host.nest.reduction?.axis);
  if (host.nest.reduction !== undefined && host.nest.reduction.axis !== parallel.length) return undefined;
  if (!same(parallel, nest.axes)) return undefined;
  const fits = loads.every((load) => {
    const stores = host.nest.stores.filter(({ tensor }) => tensor === load.tensor);
    return stores.length === 0 || stores.some((store) => isSameElement(nest, store, load));
  });
  if (!fits || (isProduct(host.nest) && !fitsTiles(nest, tensors))) return undefined;
  // Index expressions and guards are evaluated as integers, lane by lane: what they load has to be stored.
  const guards = nest.stores.flatMap(({ guard }) => (guard === undefined ? [] : [guard]));
  const indices = [...loads.flatMap((load) => load.index), ...guards];
  if (loadsOfAll(indices).some((load) => host.nest.stores.some((store) => store.tensor === load.tensor)))
    return undefined;
  const written = new Set(nest.stores.map((store) => store.tensor));
  const { reduction } = host.nest;
  const termLoads = reduction === undefined ? [] : loadsOf({ name: '', axes: [], reduction, stores: [] });
  if (termLoads.some((load) => written.has(load.tensor))) return undefined;
  // Moving the map up to its host must not pass a kernel that reads or writes what the map writes.
  const between = kernels.slice(at + 1);
  const clash = between.some(
    (kernel) =>
      kernel.nest.stores.some((store) => written.has(store.tensor)) ||
      loadsOf(kernel.nest).some((load) => written.has(load.tensor)),
  );
  return clash ? undefined : at;
}

/** Whether a map loads what its host stores. What is guarded is read and written at one point, whichever way that is said. */
function isSameElement({ axes, stores }: Nest, store: Store, load: Load): boolean {
  return stores.every(({ guard }) => guard !== undefined)
    ? isSameIndex(axes, store.index, load.index)
    : same(store.index, load.index);
}

const isProduct = ({ reduction, axes }: Nest): boolean =>
  reduction?.kind === 'sum' &&
  axes.length >= 3 &&
  reduction.term.kind === 'primitive' &&
  reduction.term.name === 'mul';

/** Whether a tile of a product can load and store what a map does: parts of tensors only from the start of a panel on. */
function fitsTiles(map: Nest, tensors: readonly ProgramTensor[]): boolean {
  return [...loadsOf(map), ...map.stores].every(({ tensor, index }) =>
    index.every((entry, dimension) => {
      if (entry.kind === 'constant') return true;
      const shifted = shiftedAxis(entry);
      return shifted && (shifted.by % panel === 0 || tensors[tensor]?.vectorAxis !== dimension);
    }),
  );
}

function loadsOfAll(roots: readonly Scalar[]): readonly Load[] {
  const found: Load[] = [];
  walk(roots, (scalar) => {
    if (scalar.kind === 'load') found.push(scalar);
  });
  return found;
}

function mergeNests(host: Nest, map: Nest): Nest {
  const storedValue = (load: Load): Scalar | undefined =>
    host.stores.find((store) => store.tensor === load.tensor && isSameElement(map, store, load))?.value;
  const done = new Map<Scalar, Scalar>();
  const inline = (root: Scalar): Scalar =>
    rewrite(root, (scalar) => (scalar.kind === 'load' ? (storedValue(scalar) ?? scalar) : scalar), done);
  const stores = map.stores.map((store) => ({ ...store, value: inline(store.value) }));
  return { ...host, name: `${host.name}+${map.name}`, stores: [...host.stores, ...stores] };
}

function dropUnread(program: Program): Program {
  const read = new Set<number>();
  for (const phase of program.phases) {
    if (phase.guard !== undefined) read.add(phase.guard.tensor);
    for (const group of phase.groups)
      for (const { nest } of group.kernels) for (const load of loadsOf(nest)) read.add(load.tensor);
  }
  const lives = (store: Store): boolean =>
    read.has(store.tensor) || program.tensors[store.tensor]?.storage.kind !== 'temporary';
  const prune = (group: Group): Group => ({
    ...group,
    kernels: group.kernels.map((kernel) => ({
      ...kernel,
      nest: { ...kernel.nest, stores: kernel.nest.stores.filter(lives) },
    })),
  });
  return {
    ...program,
    phases: program.phases.map((phase) => ({ ...phase, groups: phase.groups.map(prune) })),
  };
}
