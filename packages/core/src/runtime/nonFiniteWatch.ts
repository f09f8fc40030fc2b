import type { ProgramTensor } from '../compile/program.ts';
import type { BoundTensor, Elements } from './scalarUnit.ts';

/** A value that is not finite. */
export interface NonFinite {
  /** The op that computed it; `input`, `stepValue` or `variable` for a value that was there before the step. */
  readonly op: string;
  readonly tensor: string;
  /** Logical index. */
  readonly index: readonly number[];
  readonly value: number;
}

/** Logical index of a row-major offset. */
function unravel({ shape }: ProgramTensor, offset: number): number[] {
  let rest = offset;
  const reversed = shape.toReversed().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return reversed.reverse();
}

/**
 * Watches what a row-major program loads and stores for the first value that is not finite although all its operands
 * are. Only if there is none, the host's own values are to blame.
 */
export class NonFiniteWatch {
  #operandsFinite = true;
  #computed: NonFinite | undefined;
  #given: NonFinite | undefined;

  /** Of the current step. */
  get first(): NonFinite | undefined {
    return this.#computed ?? this.#given;
  }

  startStep(): void {
    this.#computed = undefined;
    this.#given = undefined;
  }

  startPoint(): void {
    this.#operandsFinite = true;
  }

  /** The same tensor, watched while `op` uses it. */
  observe(op: string, { tensor, elements }: BoundTensor): BoundTensor {
    const { name, storage } = tensor;
    const given = storage.kind !== 'temporary' && storage.kind !== 'constant' ? storage.kind : undefined;
    const watched: Elements = {
      read: (offset) => {
        const value = elements.read(offset);
        if (!Number.isFinite(value)) {
          this.#operandsFinite = false;
          if (given) this.#given ??= { op: given, tensor: name, index: unravel(tensor, offset), value };
        }
        return value;
      },
      write: (offset, value) => {
        elements.write(offset, value);
        if (this.#operandsFinite && !Number.isFinite(value))
          this.#computed ??= { op, tensor: name, index: unravel(tensor, offset), value };
      },
    };
    return { tensor, elements: watched };
  }
}
