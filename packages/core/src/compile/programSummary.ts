import { nestFlops } from '../nest/flops.ts';
import { printNest } from '../nest/print.ts';
import type { DType } from '../tensor/dtype.ts';
import { bytesOf } from './place.ts';
import { describeSplit, describeStorage } from './print.ts';
import type { Kernel, Place, Program, ProgramTensor } from './program.ts';

/** A tensor of a program, and where its elements are. */
export interface TensorPlace extends Place {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly storage: string;
  /** Padding included; of one entry, if there is one for each step. */
  readonly bytes: number;
}

export interface KernelSummary {
  /** Its loop nest as pseudo-code. */
  readonly nest: string;
  readonly split: string;
  /** Names of tensors. */
  readonly writes: readonly string[];
  readonly flops: number;
}

/** A compiled program, for people to read. */
export interface ProgramSummary {
  readonly name: string;
  readonly batchSize: number;
  readonly lanes: number;
  /** Entries of its tables. */
  readonly steps: number;
  readonly tensors: readonly TensorPlace[];
  /** Workers meet at the end of each. */
  readonly phases: readonly {
    readonly kernels: readonly KernelSummary[];
    /** A scalar that has to be finite, else the step is left here. */
    readonly guard?: string;
  }[];
}

function placesOf(tensors: readonly ProgramTensor[]): readonly TensorPlace[] {
  return tensors.flatMap((tensor) => {
    const { name, dtype, shape, place } = tensor;
    if (place === undefined) return [];
    return [{ name, dtype, shape, storage: describeStorage(tensor), ...place, bytes: bytesOf(tensor) }];
  });
}

/** What {@link printProgram} prints, as plain data without values. */
export function summariseProgram(program: Program): ProgramSummary {
  const { name, batchSize, lanes, steps, tensors, phases } = program;
  const names = new Map(tensors.map((tensor) => [tensor.id, tensor.name]));
  const nameOf = (id: number): string => names.get(id) ?? `tensor${id}`;
  const summarise = ({ nest, split }: Kernel): KernelSummary => ({
    nest: printNest(nest, nameOf),
    split: describeSplit(split),
    writes: nest.stores.map(({ tensor }) => nameOf(tensor)),
    flops: nestFlops(nest),
  });
  return {
    name,
    batchSize,
    lanes,
    steps,
    tensors: placesOf(tensors),
    phases: phases.map(({ groups, guard }) => ({
      kernels: groups.flatMap(({ kernels }) => kernels.map(summarise)),
      ...(guard && { guard: nameOf(guard.tensor) }),
    })),
  };
}
