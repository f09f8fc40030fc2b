import type { SegmentBytes } from '../../compile/place.ts';
import { LockstepError } from '../../errors.ts';
import type { RunProduct } from './products.ts';

type PhaseFunction = (rank: number, size: number, step: number) => number;

/**
 * What a worker has to know of a compilation; see `workerPrograms`. This file imports next to nothing, and so a thread
 * that has only this to do starts three times as fast as one that loads the compiler.
 */
export interface WorkerPrograms {
  readonly rank: number;
  readonly size: number;
  /** Each with the names that its phases are exported by. */
  readonly programs: readonly { readonly name: string; readonly phases: readonly string[] }[];
  /** Where segments start for this worker. */
  readonly bases: SegmentBytes;
}

const noProduct: RunProduct = () => {
  throw new LockstepError('INTERNAL', 'the module wants machine code that was not installed');
};

/** One worker's view of the compiled programs: its own scratch, everything else shared. */
export class WasmWorker {
  readonly #phases = new Map<string, readonly PhaseFunction[]>();
  readonly #rank: number;
  readonly #size: number;

  constructor(
    { rank, size, programs, bases }: WorkerPrograms,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    product: RunProduct = noProduct,
  ) {
    this.#rank = rank;
    this.#size = size;
    const instance = new WebAssembly.Instance(module, { lockstep: { memory, product, ...bases } });
    for (const { name, phases } of programs)
      this.#phases.set(
        name,
        phases.map((phase) => exported(instance, phase)),
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
