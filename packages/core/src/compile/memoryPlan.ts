import type { Compilation } from './compile.ts';
import { arenaBytes, bytesOf, lifetimesOf } from './place.ts';
import type { Program, ProgramTensor } from './program.ts';

/** What memory is for, in the order in which it is told. */
export const memoryKinds = {
  weights: 'parameters, running statistics and averages of weights',
  copies: 'second copies of weights in the layout that another product wants',
  optimizer: 'state of the optimizer',
  activations: 'what is computed for each row of a mini-batch',
  gradients:
    'what is not for each row: gradients that are stored, sums of lanes and of micro-batches, at the most at once',
  data: 'data sets, or the blocks of streamed ones',
  constants: 'constants',
  tables: 'step values and results, with an entry for each step of an epoch',
  scratch: 'working memory of all workers',
} as const;
export type MemoryKind = keyof typeof memoryKinds;

/** What takes how much of the arena that the programs of a run share. */
export interface MemoryPlan {
  /** Bytes, padding included. */
  readonly bytes: Readonly<Record<MemoryKind, number>>;
  /** Bytes of the whole arena; with the gaps that keep its parts apart. */
  readonly total: number;
}

const isApartFromRows = ({ place, batchAxis }: ProgramTensor): boolean =>
  place?.segment === 'activations' && batchAxis === undefined;

/** The most bytes that temporaries without rows take at once. */
function mostApartFromRows(program: Program): number {
  const lifetimes = lifetimesOf(program);
  const apart = program.tensors.filter(isApartFromRows);
  const inPhases = program.phases.map((_, phase) =>
    apart.reduce((sum, tensor) => {
      const life = lifetimes.get(tensor.id);
      return life !== undefined && life.from <= phase && phase <= life.to ? sum + bytesOf(tensor) : sum;
    }, 0),
  );
  return Math.max(0, ...inPhases);
}

/** Where the memory of compiled programs goes. */
export function memoryPlan({ programs, bytes, workers }: Compilation): MemoryPlan {
  const apart = Math.max(0, ...programs.map(mostApartFromRows));
  return {
    bytes: {
      weights: bytes.parameters,
      copies: bytes.derived,
      optimizer: bytes.state,
      activations: bytes.activations - apart,
      gradients: bytes.sums + apart,
      data: bytes.data,
      constants: bytes.constants,
      tables: bytes.steps + bytes.results,
      scratch: bytes.scratch * workers,
    },
    total: arenaBytes(bytes, workers),
  };
}
