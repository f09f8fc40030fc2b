import { type Load, plainAxis } from './analysis.ts';
import type { Nest } from './nest.ts';

/**
 * A nest that is a matrix product: out[m, n] = sum over k of splat[m, k] x vector[k, n], where n is the axis that vectors
 * run along (the caller says which), m the other parallel axis and k the reduced one.
 */
export interface Contraction {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** The operand that is the same for all of a vector. */
  readonly splat: Load;
  /** The operand that is read along n. */
  readonly vector: Load;
  /** Which of the term's two factors the splat operand is; IEEE multiplication commutes, NaN payloads aside. */
  readonly splatFirst: boolean;
}

/** The nest as a product with vectors along the axis `n`, or undefined when it is none. */
export function asContraction(nest: Nest, n: number): Contraction | undefined {
  const { reduction } = nest;
  if (reduction === undefined || reduction.kind !== 'sum' || reduction.guard !== undefined) return undefined;
  if (reduction.rule === 'row' || nest.axes.length !== 3) return undefined;
  const { term, axis: k } = reduction;
  if (term.kind !== 'primitive' || term.name !== 'mul') return undefined;
  const [left, right] = term.args;
  if (left?.kind !== 'load' || right?.kind !== 'load' || left.type !== 'f32' || right.type !== 'f32')
    return undefined;
  const m = [0, 1, 2].find((axis) => axis !== n && axis !== k);
  if (m === undefined || n === k) return undefined;
  const covers = (load: Load, axes: readonly number[]): boolean =>
    load.index.length === 2 && axes.every((axis) => load.index.some((index) => plainAxis(index) === axis));
  for (const [splat, vector] of [
    [left, right],
    [right, left],
  ] as const)
    if (covers(splat, [m, k]) && covers(vector, [k, n]))
      return { m, n, k, splat, vector, splatFirst: splat === left };
  return undefined;
}
