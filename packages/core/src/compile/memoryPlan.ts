import type { Compilation } from './compile.ts';
import { arenaBytes, bytesOf, cacheLine, lifetimesOf } from './place.ts';
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

/** Bytes of accumulators, each once however many programs have it. */
function accumulatorBytes(programs: readonly Program[]): number {
  const found = new Map<string, number>();
  for (const tensor of programs.flatMap(({ tensors }) => tensors))
    if (tensor.storage.kind === 'variable' && tensor.storage.role === 'accumulator')
      found.set(tensor.storage.path, bytesOf(tensor) + cacheLine);
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0);
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
  const accumulators = accumulatorBytes(programs);
  const apart = Math.max(0, ...programs.map(mostApartFromRows));
  return {
    bytes: {
      weights: bytes.parameters,
      copies: bytes.derived,
      optimizer: bytes.state - accumulators,
      activations: bytes.activations - apart,
      gradients: accumulators + apart,
      data: bytes.data,
      constants: bytes.constants,
      tables: bytes.steps + bytes.results,
      scratch: bytes.scratch * workers,
    },
    total: arenaBytes(bytes, workers),
  };
}
