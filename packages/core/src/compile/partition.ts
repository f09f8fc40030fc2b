import { dimensionOf, isSameIndex, type Load, loadsOf, parallelAxes, plainAxis } from '../nest/analysis.ts';
import { asEqualSearch } from '../nest/equalSearch.ts';
import type { Nest, Store } from '../nest/nest.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { panel } from './layout.ts';
import type { Group, Kernel, Owner, Phase, Program, ProgramTensor, Split } from './program.ts';

/**
 * Gives every kernel its split between workers, and puts a barrier (the start of a new phase) before a kernel that reads
 * what another worker wrote, or overwrites what another worker may still be reading.
 *
 * Work is split over independent outputs only, never inside a sum, so no result depends on the number of workers.
 *
 * @param rowUnit - mini-batch rows in one unit of work
 * @param owners - nests that one worker does alone
 */
export function partition(program: Program, rowUnit: number, owners?: ReadonlyMap<Nest, Owner>): Program {
  const nests = program.phases.flatMap((phase) =>
    phase.groups.flatMap((group) => group.kernels.map((kernel) => kernel.nest)),
  );
  const shared = sharedScalars(program, nests);
  const kernels = nests.map(
    (nest): Kernel => ({
      nest,
      split: withOwner(splitOf(nest, program, rowUnit, shared), owners?.get(nest)),
    }),
  );
  const phaseOf = assignPhases(program, kernels);
  const count = Math.max(0, ...phaseOf) + 1;
  const phases = Array.from({ length: count }, (_, number) =>
    orderPhase(
      program,
      kernels.filter((_, at) => phaseOf[at] === number),
    ),
  );
  return { ...program, phases };
}

/** Scalars that somebody besides the host needs: every worker computes them for itself, which saves a barrier. */
function sharedScalars(program: Program, nests: readonly Nest[]): ReadonlySet<number> {
  const guard = guardTensor(program);
  const shared = new Set<number>(guard === undefined ? [] : [guard]);
  for (const nest of [...nests].reverse()) {
    const wanted = parallelAxes(nest).length > 0 || nest.stores.some((store) => shared.has(store.tensor));
    if (wanted) for (const load of loadsOf(nest)) shared.add(load.tensor);
  }
  return shared;
}

const withOwner = (split: Split, owner: Owner | undefined): Split =>
  split.kind === 'axis' && owner !== undefined ? { ...split, owner } : split;

/** The result tensor that has to be finite before anything is updated. */
export function guardTensor(program: Program): number | undefined {
  return program.tensors.find(
    (tensor) => tensor.storage.kind === 'result' && tensor.storage.name === program.guard,
  )?.id;
}

function splitOf(nest: Nest, program: Program, rowUnit: number, shared: ReadonlySet<number>): Split {
  const parallel = parallelAxes(nest);
  const store = nest.stores[0];
  const out = store === undefined ? undefined : program.tensors[store.tensor];
  if (store === undefined || out === undefined || parallel.length === 0) {
    // What a scan stores is no scalar that every worker could have for itself.
    const alone =
      nest.reduction?.scan === true ||
      nest.stores.some(({ tensor }) => program.tensors[tensor]?.storage.kind !== 'temporary');
    return { kind: !alone && nest.stores.some(({ tensor }) => shared.has(tensor)) ? 'replicated' : 'single' };
  }
  // Each position depends on all before it; going through them once is quicker than sharing that.
  if (asEqualSearch(nest) !== undefined) return { kind: 'single' };
  const rows = parallel.find((axis) => nest.axes[axis]?.batch);
  if (rows !== undefined && program.batchSize > 0) {
    const perRow = (nest.axes[rows]?.size ?? 0) / program.batchSize;
    return {
      kind: 'axis',
      axis: rows,
      unit: rowUnit * perRow,
      units: Math.ceil(program.batchSize / rowUnit),
    };
  }
  const axes = store.index.map((index) => shiftedAxis(index)?.axis);
  const dimension = out.shape.findIndex((_, at) => out.shape.length === 1 || at !== out.vectorAxis);
  const found = [axes[dimension], ...parallel].find((each) => each !== undefined && parallel.includes(each));
  const axis = found ?? 0;
  const blocked = out.shape.length <= 2;
  const unit = blocked ? panel : 1;
  return { kind: 'axis', axis, unit, units: Math.ceil((nest.axes[axis]?.size ?? 1) / unit) };
}

/** Whether a worker finds what it loads among what its own share of `producer` stored. */
function isLocal(producer: Split, store: Store, consumer: Split, load: Pick<Load, 'index'>): boolean {
  if (producer.kind === 'replicated') return true;
  if (producer.kind === 'single') return consumer.kind === 'single';
  if (consumer.kind !== 'axis') return false;
  if (JSON.stringify(consumer.owner) !== JSON.stringify(producer.owner)) return false;
  // All of an owner's work is done by one worker.
  if (consumer.owner !== undefined) return true;
  if (consumer.units !== producer.units || consumer.unit !== producer.unit) return false;
  const dimension = dimensionOf(store.index, producer.axis);
  return dimension !== undefined && plainAxis(load.index[dimension]) === consumer.axis;
}

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Whether what a nest loads by a computed index is at most what the same point of another nest stores: both do so under one guard
 * alone, and no two points where a guard holds store to the same element.
 */
function isSamePoint(storing: Kernel, store: Store, loading: Kernel, load: Load): boolean {
  const { guard } = store;
  return (
    guard !== undefined &&
    sameData(storing.split, loading.split) &&
    sameData(storing.nest.axes, loading.nest.axes) &&
    isSameIndex(storing.nest.axes, store.index, load.index) &&
    loading.nest.reduction === undefined &&
    loading.nest.stores.every((other) => sameData(other.guard, guard))
  );
}

function assignPhases(program: Program, kernels: readonly Kernel[]): readonly number[] {
  const phaseOf: number[] = [];
  /** Several for a tensor that is stored in parts. */
  const writers = new Map<number, { at: number; store: Store }[]>();
  const readers = new Map<number, { at: number; load: Load }[]>();
  const guard = guardTensor(program);
  let guardPhase = 0;
  for (const [at, kernel] of kernels.entries()) {
    const { nest } = kernel;
    let phase = 0;
    const after = (earlier: number, local: boolean): void => {
      phase = Math.max(phase, (phaseOf[earlier] ?? 0) + (local ? 0 : 1));
    };
    const local = (
      producer: Kernel | undefined,
      store: Store,
      consumer: Kernel | undefined,
      load: Load,
    ): boolean =>
      producer !== undefined &&
      consumer !== undefined &&
      (isLocal(producer.split, store, consumer.split, load) || isSamePoint(producer, store, consumer, load));
    for (const load of loadsOf(nest))
      for (const writer of writers.get(load.tensor) ?? [])
        after(writer.at, local(kernels[writer.at], writer.store, kernel, load));
    for (const store of nest.stores) {
      for (const reader of readers.get(store.tensor) ?? [])
        after(reader.at, local(kernel, store, kernels[reader.at], reader.load));
      if (changesVariable(program.tensors[store.tensor])) phase = Math.max(phase, guardPhase);
      for (const derived of program.tensors)
        if (derived.storage.kind === 'derived' && derived.storage.of === store.tensor)
          for (const reader of readers.get(derived.id) ?? []) after(reader.at, false);
    }
    phaseOf.push(phase);
    for (const store of nest.stores) {
      writers.set(store.tensor, [...(writers.get(store.tensor) ?? []), { at, store }]);
      if (store.tensor === guard) guardPhase = phase;
    }
    for (const load of loadsOf(nest))
      readers.set(load.tensor, [...(readers.get(load.tensor) ?? []), { at, load }]);
  }
  return phaseOf;
}

const changesVariable = (tensor: ProgramTensor | undefined): boolean =>
  tensor?.storage.kind === 'variable' || tensor?.storage.kind === 'derived';

/**
 * Orders a phase: what the guard needs first, then scalars that every worker has for itself, then the rest as it came.
 * Dependencies inside a phase are between kernels of one split or come from replicated ones, so this keeps them.
 */
function orderPhase(program: Program, kernels: readonly Kernel[]): Phase {
  const guard = guardTensor(program);
  const needed = new Set<number>(guard === undefined ? [] : [guard]);
  const guarding = new Set<Kernel>();
  for (const kernel of [...kernels].reverse())
    if (kernel.nest.stores.some((store) => needed.has(store.tensor))) {
      guarding.add(kernel);
      for (const load of loadsOf(kernel.nest)) needed.add(load.tensor);
    }
  const hasGuard = kernels.some(({ nest }) => nest.stores.some((store) => store.tensor === guard));
  const first = hasGuard ? kernels.filter((kernel) => guarding.has(kernel)) : [];
  const rest = kernels.filter((kernel) => !first.includes(kernel));
  const ordered = [
    ...first,
    ...rest.filter(({ split }) => split.kind === 'replicated'),
    ...rest.filter(({ split }) => split.kind !== 'replicated'),
  ];
  const groups: Group[] = ordered.map((kernel) => ({ kernels: [kernel], chunk: 1 }));
  const watched = hasGuard
    ? loadsOf(
        kernels.find(({ nest }) => nest.stores.some((store) => store.tensor === guard))?.nest ?? {
          name: '',
          axes: [],
          stores: [],
        },
      )[0]?.tensor
    : undefined;
  return {
    groups,
    ...(watched === undefined ? {} : { guard: { tensor: watched, guardAfter: first.length } }),
  };
}
