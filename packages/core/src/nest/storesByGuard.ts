import type { Scalar } from './scalar.ts';

/** Stores that are made under one condition. */
export interface GuardedStores<S> {
  /** Absent: at every point. */
  readonly guard?: Scalar;
  readonly stores: readonly S[];
}

/** Puts stores with equal guards together; groups and stores keep their order. */
export function storesByGuard<S>(
  stores: readonly S[],
  guardOf: (store: S) => Scalar | undefined,
): readonly GuardedStores<S>[] {
  const groups = new Map<string, { guard?: Scalar; stores: S[] }>();
  for (const store of stores) {
    const guard = guardOf(store);
    const key = JSON.stringify(guard ?? null);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...(guard && { guard }), stores: [store] });
    else group.stores.push(store);
  }
  return [...groups.values()];
}
