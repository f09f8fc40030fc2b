import type { Compilation } from '../../compile/compile.ts';
import { segmentBases } from '../../compile/place.ts';
import { ownPieces } from '../../compile/program.ts';
import { phaseName } from '../../kernels/module.ts';
import type { WorkerPrograms } from './worker.ts';

/** What the worker of a rank is told. */
export function workerPrograms({ programs, bytes, workers }: Compilation, rank: number): WorkerPrograms {
  return {
    rank,
    size: workers,
    programs: programs.map(({ name, phases }) => ({
      name,
      phases: phases.map(({ pieces = 1 }, number) => ({
        name: phaseName(name, number),
        pieces,
        ownPieces: ownPieces(pieces),
      })),
    })),
    bases: segmentBases(bytes, rank),
  };
}
