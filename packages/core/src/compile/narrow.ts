import { isSameIndex, type Load, loadsOf } from '../nest/analysis.ts';
import type { Nest, Store } from '../nest/nest.ts';
import { type Scalar, walk } from '../nest/scalar.ts';
import type { Program } from './program.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function tensorsIn(root: Scalar): ReadonlySet<number> {
  const found = new Set<number>();
  walk([root], (scalar) => {
    if (scalar.kind === 'load') found.add(scalar.tensor);
  });
  return found;
}

/** The guard that all stores of a nest have. */
function commonGuard({ stores }: Nest): Scalar | undefined {
  const [first] = stores;
  return stores.every(({ guard }) => same(guard, first?.guard)) ? first?.guard : undefined;
}

/** The nest's axes, if its reduced axis is the last one or there is none. */
function pointsOf({ axes, reduction }: Nest): Nest['axes'] | undefined {
  if (reduction === undefined) return axes;
  return reduction.axis === axes.length - 1 ? axes.slice(0, -1) : undefined;
}

/**
 * Computes a temporary only at the points where it is read: a nest whose readers all work point by point under one guard gets
 * that guard. What remains of it is never read, so no bit changes. In an update of some rows of a variable, where one of
 * several positions counts, the others then sum and compute nothing.
 */
export function narrowToGuards(program: Program): Program {
  const nests = program.phases.flatMap(({ groups }) =>
    groups.flatMap(({ kernels }) => kernels.map(({ nest }) => nest)),
  );
  const writerOf = new Map<number, number>();
  for (const [at, { stores }] of nests.entries())
    for (const { tensor } of stores) if (!writerOf.has(tensor)) writerOf.set(tensor, at);
  const watched = new Set(program.phases.flatMap(({ guard }) => (guard === undefined ? [] : [guard.tensor])));

  /** The guard under which all that is stored at a place is read, if there is one that is known there. */
  const guardAt = (at: number, nest: Nest): Scalar | undefined => {
    const points = pointsOf(nest);
    const guards = nest.stores.map((store) =>
      points === undefined ? undefined : guardOfReaders(store, points, nests.slice(at + 1)),
    );
    const [guard] = guards;
    if (guard === undefined || !guards.every((other) => same(other, guard))) return undefined;
    const known = [...tensorsIn(guard)].every((tensor) => (writerOf.get(tensor) ?? -1) < at);
    return known ? guard : undefined;
  };
  const isTemporary = ({ tensor, guard }: Store): boolean =>
    guard === undefined && program.tensors[tensor]?.storage.kind === 'temporary' && !watched.has(tensor);

  for (let at = nests.length - 1; at >= 0; at -= 1) {
    const nest = nests[at];
    if (nest === undefined || !nest.stores.every(isTemporary)) continue;
    const guard = guardAt(at, nest);
    if (guard !== undefined)
      nests[at] = { ...nest, stores: nest.stores.map((store) => ({ ...store, guard })) };
  }
  return {
    ...program,
    phases: [{ groups: nests.map((nest) => ({ kernels: [{ nest, split: { kind: 'single' } }], chunk: 1 })) }],
  };
}

function guardOfReaders(store: Store, points: Nest['axes'], later: readonly Nest[]): Scalar | undefined {
  let found: Scalar | undefined;
  for (const reader of later) {
    const loads = loadsOf(reader).filter(({ tensor }) => tensor === store.tensor);
    if (loads.length === 0) continue;
    const guard = commonGuard(reader);
    const atItsPoint = ({ index }: Load): boolean => isSameIndex(points, index, store.index);
    if (guard === undefined || tensorsIn(guard).has(store.tensor) || !loads.every(atItsPoint))
      return undefined;
    if (!same(pointsOf(reader), points) || (found !== undefined && !same(found, guard))) return undefined;
    found = guard;
  }
  return found;
}
