import type { Nest } from './nest.ts';
import { i32, rewrite, type Scalar, walk } from './scalar.ts';

export type Load = Extract<Scalar, { kind: 'load' }>;

/** Every expression that a nest evaluates. */
export function expressionsOf(nest: Nest): readonly Scalar[] {
  return [
    ...loadsRootsOf(nest),
    ...nest.stores.flatMap(({ index, guard }) => (guard === undefined ? index : [...index, guard])),
  ];
}

function loadsRootsOf(nest: Nest): readonly Scalar[] {
  const { reduction } = nest;
  return [
    ...(reduction === undefined ? [] : [reduction.term]),
    ...(reduction?.guard === undefined ? [] : [reduction.guard]),
    ...(reduction?.chain === undefined ? [] : [reduction.chain.start, reduction.chain.next]),
    ...nest.stores.map((store) => store.value),
  ];
}

/** Passes ask for the loads of the same nests again and again: without this, compiling 80 layers took 9 s instead of 1. */
const knownLoads = new WeakMap<Nest, readonly Load[]>();

/** Every distinct load of a nest, those inside index expressions included. */
export function loadsOf(nest: Nest): readonly Load[] {
  const known = knownLoads.get(nest);
  if (known !== undefined) return known;
  const loads: Load[] = [];
  walk(expressionsOf(nest), (scalar) => {
    if (scalar.kind === 'load') loads.push(scalar);
  });
  knownLoads.set(nest, loads);
  return loads;
}

/** The axis that an index expression is, unchanged; undefined for anything else. */
export function plainAxis(index: Scalar | undefined): number | undefined {
  return index?.kind === 'axis' ? index.axis : undefined;
}

/** Whether two indices are the same at every point of a nest with these axes. */
export function isSameIndex(axes: Nest['axes'], a: readonly Scalar[], b: readonly Scalar[]): boolean {
  // Along an axis of size 1 broadcasting writes 0, and everything else the axis.
  const plain = (index: readonly Scalar[]): string =>
    JSON.stringify(
      index.map((entry) =>
        rewrite(entry, (scalar) =>
          scalar.kind === 'axis' && axes[scalar.axis]?.size === 1 ? i32(0) : scalar,
        ),
      ),
    );
  return plain(a) === plain(b);
}

/** Whether the value of an expression differs along an axis of the nest. */
export function dependsOnAxis(root: Scalar, axis: number): boolean {
  let found = false;
  walk([root], (scalar) => {
    if (scalar.kind === 'axis' && scalar.axis === axis) found = true;
  });
  return found;
}

/** Positions of the nest's parallel axes: all but the reduced one. */
export function parallelAxes(nest: Nest): readonly number[] {
  return nest.axes.map((_, index) => index).filter((index) => index !== nest.reduction?.axis);
}

/** The dimension of a store or load that a nest axis runs along unchanged; undefined when there is none. */
export function dimensionOf(index: readonly Scalar[], axis: number): number | undefined {
  const at = index.findIndex((entry) => plainAxis(entry) === axis);
  return at < 0 ? undefined : at;
}

/** A nest with every expression rewritten by `map` (which has to keep types); the nest itself if none has changed. */
export function mapExpressions(nest: Nest, map: (scalar: Scalar) => Scalar): Nest {
  let changed = false;
  const mapped = (scalar: Scalar): Scalar => {
    const result = map(scalar);
    changed ||= result !== scalar;
    return result;
  };
  const { reduction } = nest;
  const rebuilt: Nest = {
    ...nest,
    ...(reduction === undefined
      ? {}
      : {
          reduction: {
            ...reduction,
            term: mapped(reduction.term),
            ...(reduction.guard === undefined ? {} : { guard: mapped(reduction.guard) }),
            ...(reduction.chain === undefined
              ? {}
              : { chain: { start: mapped(reduction.chain.start), next: mapped(reduction.chain.next) } }),
          },
        }),
    stores: nest.stores.map((store) => ({
      ...store,
      index: store.index.map(mapped),
      value: mapped(store.value),
      ...(store.guard === undefined ? {} : { guard: mapped(store.guard) }),
    })),
  };
  return changed ? rebuilt : nest;
}
