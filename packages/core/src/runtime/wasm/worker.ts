import { type SegmentBytes, segmentBases } from '../../compile/place.ts';
import { LockstepError } from '../../errors.ts';
import { phaseName } from '../../kernels/module.ts';

type PhaseFunction = (rank: number, size: number, step: number) => number;

/** What a worker has to know of a compilation: a `Compilation` is one, and so is what a thread is told of it. */
export interface WorkerPrograms {
  readonly programs: readonly { readonly name: string; readonly phases: readonly unknown[] }[];
  readonly bytes: SegmentBytes;
  readonly workers: number;
}

/** One worker's view of the compiled programs: its own scratch, everything else shared. */
export class WasmWorker {
  readonly #phases = new Map<string, readonly PhaseFunction[]>();
  readonly #rank: number;
  readonly #size: number;

  constructor(
    compilation: WorkerPrograms,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    rank: number,
  ) {
    this.#rank = rank;
    this.#size = compilation.workers;
    const instance = new WebAssembly.Instance(module, {
      lockstep: { memory, ...segmentBases(compilation.bytes, rank) },
    });
    for (const program of compilation.programs)
      this.#phases.set(
        program.name,
        program.phases.map((_, number) => exported(instance, phaseName(program.name, number))),
      );
  }

  /** The phases of a program: each runs this worker's share and answers 1 if the guard stopped it, else 0. */
  phases(program: string): readonly ((step: number) => number)[] {
    const phases = this.#phases.get(program);
    if (phases === undefined)
      throw new LockstepError('UNKNOWN_OPTION', 'there is no program with this name', {
        got: `"${program}"`,
        wanted: [...this.#phases.keys()].join(', '),
      });
    return phases.map((phase) => (step) => phase(this.#rank, this.#size, step));
  }
}

function exported(instance: WebAssembly.Instance, name: string): PhaseFunction {
  const found = instance.exports[name];
  if (typeof found !== 'function') throw new LockstepError('INTERNAL', `the module exports no ${name}`);
  return (rank, size, step) => Number(found(rank, size, step));
}
