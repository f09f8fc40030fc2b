import { loadsOf, plainAxis } from '../nest/analysis.ts';
import type { Scalar } from '../nest/scalar.ts';
import type { Program } from './program.ts';

const isGathered = ([row]: readonly Scalar[]): boolean =>
  row !== undefined && row.kind !== 'constant' && plainAxis(row) === undefined;

/**
 * Matrices whose rows are looked up by computed numbers in any of the programs, by path: tables of embeddings, and the state
 * that an optimizer keeps of them. A row of theirs has to lie in one piece.
 */
export function gatheredVariables(programs: readonly Program[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { tensors, phases } of programs)
    for (const { groups } of phases)
      for (const { kernels } of groups)
        for (const { nest } of kernels)
          for (const { tensor, index } of [...nest.stores, ...loadsOf(nest)]) {
            const { storage, shape, vectorAxis } = tensors[tensor] ?? {};
            if (storage?.kind === 'variable' && shape?.length === 2 && vectorAxis === 1 && isGathered(index))
              paths.add(storage.path);
          }
  return paths;
}
