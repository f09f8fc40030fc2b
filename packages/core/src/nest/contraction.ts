import { type Load, plainAxis } from './analysis.ts';
import type { Nest } from './nest.ts';

/**
 * A nest of matrix products: out[m, n] = sum over k of splat[m, k] x vector[k, n] for every point of the outer axes, where n is the
 * axis that vectors run along (the caller says which), m the innermost other one that only the splat operand has, and k the
 * reduced one. Operands need not have all of the outer axes.
 */
export interface Contraction {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** The other parallel axes, outermost first; none for a single product. */
  readonly outer: readonly number[];
  /** The operand that is the same for all of a vector. */
  readonly splat: Load;
  /** The operand that is read along n. */
  readonly vector: Load;
  /** Which of the term's two factors the splat operand is; IEEE multiplication commutes, NaN payloads aside. */
  readonly splatFirst: boolean;
}

/** The axes that a load runs along, each along one dimension; undefined when an index is neither an axis nor 0. */
function axesOfLoad({ index }: Load): ReadonlySet<number> | undefined {
  const running = index.filter((entry) => entry.kind !== 'constant' || entry.value !== 0);
  const axes = running.flatMap((entry) => plainAxis(entry) ?? []);
  const distinct = new Set(axes);
  return axes.length === running.length && distinct.size === axes.length ? distinct : undefined;
}

/** The nest as a product with vectors along the axis `n`, or undefined when it is none. */
export function asContraction(nest: Nest, n: number): Contraction | undefined {
  const { reduction } = nest;
  if (reduction === undefined || reduction.kind !== 'sum' || reduction.guard !== undefined) return undefined;
  if (reduction.rule === 'row' || reduction.chain !== undefined || reduction.scan || nest.axes.length < 3)
    return undefined;
  const { term, axis: k } = reduction;
  if (term.kind !== 'primitive' || term.name !== 'mul') return undefined;
  const [left, right] = term.args;
  if (left?.kind !== 'load' || right?.kind !== 'load' || left.type !== 'f32' || right.type !== 'f32')
    return undefined;
  const others = [...nest.axes.keys()].filter((axis) => axis !== n && axis !== k);
  if (n === k) return undefined;
  for (const [splat, vector] of [
    [left, right],
    [right, left],
  ] as const) {
    const [ofSplat, ofVector] = [axesOfLoad(splat), axesOfLoad(vector)];
    if (!ofSplat?.has(k) || ofSplat.has(n) || !ofVector?.has(k) || !ofVector.has(n)) continue;
    const m = others.findLast((axis) => ofSplat.has(axis) && !ofVector.has(axis));
    if (m === undefined) continue;
    const outer = others.filter((axis) => axis !== m);
    return { m, n, k, outer, splat, vector, splatFirst: splat === left };
  }
  return undefined;
}
