import type { Program } from '../../packages/core/src/compile/program.ts';
import { functions } from '../../packages/core/src/nest/functions.ts';
import { operandsOf, type Scalar } from '../../packages/core/src/nest/scalar.ts';

/**
 * Roundings on the longest path from what a step starts with (weights, optimizer state, data) to what it ends with: every
 * float32 operation is one, a strict function twice its error in ulp (an ulp is up to two units of rounding), a
 * sum one for each term.
 */
export function longestPathOfRoundings(program: Program): number {
  const depths = new Map<number, number>();
  let longest = 0;

  function depthOf(scalar: Scalar, reduced: number): number {
    if (scalar.type !== 'f32') return 0;
    if (scalar.kind === 'reduced') return reduced;
    if (scalar.kind === 'load') return depths.get(scalar.tensor) ?? 0;
    const operands = Math.max(0, ...operandsOf(scalar).map((operand) => depthOf(operand, reduced)));
    if (scalar.kind === 'call') return operands + 2 * functions[scalar.name].ulp;
    return scalar.kind === 'primitive' ? operands + 1 : 0;
  }

  for (const { nest } of program.phases.flatMap(({ groups }) => groups.flatMap(({ kernels }) => kernels))) {
    const { reduction } = nest;
    const terms = reduction?.kind === 'sum' ? (nest.axes[reduction.axis]?.size ?? 0) : 0;
    const reduced = reduction === undefined ? 0 : depthOf(reduction.term, 0) + terms;
    for (const store of nest.stores) {
      const depth = depthOf(store.value, reduced);
      depths.set(store.tensor, Math.max(depth, depths.get(store.tensor) ?? 0));
      longest = Math.max(longest, depth);
    }
  }
  return longest;
}
