import { plainAxis } from './analysis.ts';
import type { Nest } from './nest.ts';
import { rewrite, type Scalar } from './scalar.ts';

/** A nest that finds, for each position of a list of integers, another position with the same integer. */
export interface EqualSearch {
  /** The first such position (perhaps its own), or the next one after it. */
  readonly which: 'first' | 'next';
  readonly length: number;
  /** The integer at the position that is looked for, a function of `position` alone. */
  readonly key: Scalar;
  /** Axis of the positions that are looked through. */
  readonly position: number;
}

const isPrimitive = (scalar: Scalar | undefined, name: string): scalar is Scalar & { kind: 'primitive' } =>
  scalar?.kind === 'primitive' && scalar.name === name;

/**
 * The nest as a search, or undefined when it is none:
 *
 * ```
 * for i < n:  reduced = min over j < n of float(j) if [i < j and] key(j) == key(i);  out[i] = int(reduced)
 * ```
 *
 * Written like this it defines the result. Looking at every pair takes n² comparisons; a hash table takes n.
 */
export function asEqualSearch({ axes, reduction, stores }: Nest): EqualSearch | undefined {
  const [store, ...others] = stores;
  if (
    reduction?.kind !== 'min' ||
    reduction.axis !== 1 ||
    axes.length !== 2 ||
    axes[0]?.size !== axes[1]?.size
  )
    return undefined;
  if (store === undefined || others.length > 0 || store.guard !== undefined) return undefined;
  if (store.index.length !== 1 || plainAxis(store.index[0]) !== 0) return undefined;
  if (!isPrimitive(store.value, 'floatToInt') || store.value.args[0]?.kind !== 'reduced') return undefined;
  const { term, guard } = reduction;
  if (!isPrimitive(term, 'intToFloat') || plainAxis(term.args[0]) !== 1) return undefined;
  const which = isPrimitive(guard, 'maskAnd') ? 'next' : 'first';
  const [order, equal] = isPrimitive(guard, 'maskAnd') ? guard.args : [undefined, guard];
  if (
    order !== undefined &&
    !(isPrimitive(order, 'intLess') && plainAxis(order.args[0]) === 0 && plainAxis(order.args[1]) === 1)
  )
    return undefined;
  if (!isPrimitive(equal, 'intEqual')) return undefined;
  const [key, own] = equal.args;
  if (key === undefined || own === undefined) return undefined;
  const moved = rewrite(key, (scalar) =>
    plainAxis(scalar) === 1 ? ({ ...scalar, axis: 0 } as Scalar) : scalar,
  );
  if (JSON.stringify(moved) !== JSON.stringify(own)) return undefined;
  return { which, length: axes[0]?.size ?? 0, key, position: 1 };
}
