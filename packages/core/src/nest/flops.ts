import { dependsOnAxis, plainAxis } from './analysis.ts';
import { computedPoints } from './computedPoints.ts';
import { asEqualSearch } from './equalSearch.ts';
import type { Nest } from './nest.ts';
import { primitives } from './primitives.ts';
import { type Scalar, walk } from './scalar.ts';

/** Whether an expression is one operation on float32 numbers that gives a float32 number; a strict function counts as one. */
function isFloatOperation(scalar: Scalar): boolean {
  if (scalar.kind === 'call') return true;
  if (scalar.kind !== 'primitive') return false;
  const { args, result } = primitives[scalar.name];
  return result === 'f32' && args.every((type) => type === 'f32');
}

/** Operations that an expression makes at one point; what is used several times is computed once. */
function operationsOf(root: Scalar): number {
  let operations = 0;
  walk([root], (scalar) => {
    if (isFloatOperation(scalar)) operations += 1;
  });
  return operations;
}

/** A parallel axis of which each term belongs to one index at most, as in a scatter: `index[k] == i`. */
function scatteredAxis({ reduction }: Nest): number | undefined {
  const guard = reduction?.guard;
  if (guard?.kind !== 'primitive' || guard.name !== 'intEqual') return undefined;
  const [left, right] = guard.args;
  for (const [own, other] of [
    [left, right],
    [right, left],
  ]) {
    const axis = plainAxis(own);
    if (axis === undefined || axis === reduction?.axis || other === undefined) continue;
    if (!dependsOnAxis(other, axis)) return axis;
  }
  return undefined;
}

/**
 * Floating-point operations of a nest: at each of its points the operations on float32 numbers that give one, such as +, *, max
 * and square roots, and one more for each term that joins a reduction. So a multiply-add counts as 2; a strict function
 * (exp, log, ...) counts as 1. Comparisons, selections, conversions, integers and indices do not count, nor do the few
 * additions that join the parts of a sum.
 *
 * Where data decides what is computed (a scatter, rows that a mini-batch names), it is the most that it can be.
 */
export function nestFlops(nest: Nest): number {
  if (asEqualSearch(nest) !== undefined) return 0;
  const { axes, reduction, stores } = nest;
  const scattered = scatteredAxis(nest);
  const terms = computedPoints(nest) / (scattered === undefined ? 1 : (axes[scattered]?.size ?? 1));
  const stored = axes.reduce(
    (product, { size }, axis) =>
      axis === reduction?.axis && reduction.scan !== true ? product : product * size,
    1,
  );
  const ofTerms = reduction === undefined ? 0 : terms * (operationsOf(reduction.term) + 1);
  return stores.reduce((sum, { value }) => sum + stored * operationsOf(value), ofTerms);
}
