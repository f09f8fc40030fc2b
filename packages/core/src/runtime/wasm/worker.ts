import type { SegmentBytes } from '../../compile/place.ts';
import { LockstepError } from '../../errors.ts';
import type { RunProduct } from './products.ts';

/** Makes pieces `from` to before `end`, counted over all workers' shares; answers 1 if the guard stopped it, else 0. */
type PieceFunction = (from: number, end: number, size: number, step: number) => number;

/** A phase of a program, as one worker runs it: it makes its own pieces first, and then others that are left. */
export interface WorkerPhase {
  /** Makes this worker's own pieces; answers 1 if the guard stopped it, else 0. */
  readonly own: (step: number) => number;
  /** Makes one of the pieces that any worker may make: which one, counted over those of all workers. */
  readonly shared: (piece: number, step: number) => void;
  /** Pieces of each worker's share that any worker may make. */
  readonly sharedPieces: number;
}

/** A phase of a compiled program. */
export interface ProgramPhase extends WorkerPhase {
  /** Makes the share that one of so many workers would have: all of them, in any order, are the phase. Answers as `own`. */
  readonly part: (part: number, parts: number, step: number) => number;
}

/**
 * What a worker has to know of a compilation; see `workerPrograms`. This file imports next to nothing, and so a thread
 * that has only this to do starts three times as fast as one that loads the compiler.
 */
export interface WorkerPrograms {
  readonly rank: number;
  readonly size: number;
  /** Each with the names that its phases are exported by, and what a share of them is cut into. */
  readonly programs: readonly {
    readonly name: string;
    readonly phases: readonly {
      readonly name: string;
      readonly pieces: number;
      readonly ownPieces: number;
    }[];
  }[];
  /** Where segments start for this worker. */
  readonly bases: SegmentBytes;
}

const noProduct: RunProduct = () => {
  throw new LockstepError('INTERNAL', 'the module wants machine code that was not installed');
};

/** One worker's view of the compiled programs: its own scratch, everything else shared. */
export class WasmWorker {
  readonly #phases = new Map<string, readonly ProgramPhase[]>();

  constructor(
    { rank, size, programs, bases }: WorkerPrograms,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    product: RunProduct = noProduct,
  ) {
    const instance = new WebAssembly.Instance(module, { lockstep: { memory, product, ...bases } });
    for (const program of programs)
      this.#phases.set(
        program.name,
        program.phases.map(({ name, pieces, ownPieces: own }) => {
          const run = exported(instance, name);
          const [first, shared] = [rank * pieces, pieces - own];
          return {
            own: (step) => run(first, first + own, size, step),
            part: (part, parts, step) => run(part * pieces, (part + 1) * pieces, parts, step),
            shared: (piece, step) => {
              const at = Math.floor(piece / shared) * pieces + own + (piece % shared);
              run(at, at + 1, size, step);
            },
            sharedPieces: shared,
          };
        }),
      );
  }

  /** The phases of a program. */
  phases(program: string): readonly ProgramPhase[] {
    const phases = this.#phases.get(program);
    if (phases === undefined)
      throw new LockstepError('UNKNOWN_OPTION', 'there is no program with this name', {
        got: `"${program}"`,
        wanted: [...this.#phases.keys()].join(', '),
      });
    return phases;
  }
}

function exported(instance: WebAssembly.Instance, name: string): PieceFunction {
  const found = instance.exports[name];
  if (typeof found !== 'function') throw new LockstepError('INTERNAL', `the module exports no ${name}`);
  return (from, end, size, step) => Number(found(from, end, size, step));
}
