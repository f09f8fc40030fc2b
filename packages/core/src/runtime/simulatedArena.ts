import { forEachElement } from '../compile/layout.ts';
import { type Place, type Program, type ProgramTensor, type Segment, segments } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { dtypeBytes } from '../tensor/dtype.ts';
import type { HostTensor } from './hostTensors.ts';
import type { Elements } from './scalarUnit.ts';
import { type Access, TrackedMemory } from './trackedMemory.ts';

/** Segments that all programs of a run share; of the others each program has its own. */
const sharedSegments: readonly Segment[] = ['parameters', 'derived', 'state', 'sums', 'data'];
/** Segments where nothing outlives a step. */
const stepSegments: readonly Segment[] = ['activations', 'scratch'];
const alignment = 64;

/** Who runs, and which table entry is current; changed while a simulation runs. */
export interface Running {
  worker: number;
  step: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function placeOf({ program, tensor }: HostTensor): Place {
  if (tensor.place) return tensor.place;
  throw new LockstepError('INTERNAL', `tensor ${tensor.name} of program ${program.name} has no place`, {
    hint: 'only compiled programs can be simulated',
  });
}

function endOf(target: HostTensor): number {
  const { offset, stepStride } = placeOf(target);
  const { layout, dtype } = target.tensor;
  return offset + stepStride * Math.max(0, target.program.steps - 1) + layout.elements * dtypeBytes[dtype];
}

/** What tells tensors apart in memory: shared ones are known by their names, in all programs. */
function identityOf({ program, tensor }: HostTensor): string {
  const { storage } = tensor;
  if (storage.kind === 'variable' || storage.kind === 'derived')
    return `${storage.kind} ${storage.path}${storage.kind === 'derived' ? JSON.stringify(tensor.layout) : ''}`;
  if (storage.kind === 'input') return `input ${storage.name}`;
  return `${tensor.name} (tensor ${tensor.id} of ${program.name})`;
}

function describeElement(tensor: ProgramTensor, offset: number): string {
  let found: string | undefined;
  forEachElement(tensor, (position, at) => {
    if (at === offset) found = `element ${position}`;
  });
  return `${found ?? 'the padding'} of ${tensor.name}`;
}

/** Throws unless a tensor that programs share has the same layout and place in all of them. */
function checkShared(programs: readonly Program[]): void {
  const known = new Map<string, string>();
  for (const program of programs)
    for (const tensor of program.tensors) {
      if (!tensor.place || !sharedSegments.includes(tensor.place.segment)) continue;
      const identity = identityOf({ program, tensor });
      const lies = JSON.stringify([tensor.layout, tensor.place]);
      const before = known.get(identity) ?? lies;
      known.set(identity, before);
      if (before !== lies)
        throw new LockstepError('INTERNAL', `programs disagree where ${identity} lies`, {
          got: `${lies} in ${program.name}`,
          wanted: before,
        });
    }
}

/** One flat arena with the segments of several programs and the scratch of several workers. */
export class SimulatedArena {
  readonly memory: TrackedMemory;
  readonly running: Running = { worker: 0, step: 0 };
  readonly #workers: number;
  readonly #ranges = new Map<string, Range>();

  /** @throws LockstepError INTERNAL when programs disagree where a shared tensor lies */
  constructor(programs: readonly Program[], workers: number) {
    this.#workers = workers;
    checkShared(programs);
    const sizes = new Map<string, number>();
    for (const program of programs)
      for (const segment of segments) {
        const ends = program.tensors
          .filter((tensor) => tensor.place?.segment === segment)
          .map((tensor) => endOf({ program, tensor }));
        for (let worker = 0; worker < workers; worker++) {
          const key = this.#key(program, segment, worker);
          sizes.set(key, Math.max(sizes.get(key) ?? 0, ...ends));
        }
      }
    let from = 0;
    for (const [key, size] of sizes) {
      this.#ranges.set(key, { from, to: from + size });
      from += Math.ceil(size / alignment) * alignment;
    }
    this.memory = new TrackedMemory(from);
  }

  #key(program: Program, segment: Segment, worker: number): string {
    if (segment === 'scratch') return JSON.stringify([program.name, segment, worker]);
    return JSON.stringify(sharedSegments.includes(segment) ? [segment] : [program.name, segment]);
  }

  #range(program: Program, segment: Segment, worker: number): Range {
    return this.#ranges.get(this.#key(program, segment, worker)) ?? { from: 0, to: 0 };
  }

  /** Nothing of an earlier step may be read again. */
  startStep(program: Program): void {
    for (const segment of stepSegments)
      for (let worker = 0; worker < this.#workers; worker++) {
        const { from, to } = this.#range(program, segment, worker);
        this.memory.forget(from, to);
      }
  }

  /** A tensor as the host sees it between steps; one that no kernel touches has no place and takes anything. */
  hostElements(target: HostTensor): Elements {
    if (!target.tensor.place) return { read: () => 0, write: () => {} };
    const { tensor } = target;
    const identity = this.memory.tensor(identityOf(target));
    const address = this.#addressOf(target);
    const { read, write } = this.#cells(tensor);
    return {
      read: (offset) => read(address(offset)),
      write: (offset, value) => {
        this.memory.noteHostWrite(address(offset), identity);
        write(address(offset), value);
      },
    };
  }

  /** A tensor as a kernel sees it while the running worker computes it. */
  kernelElements(target: HostTensor, kernelName: string): Elements {
    const { tensor } = target;
    const { memory, running } = this;
    const access: Access = {
      kernel: memory.kernel(kernelName),
      tensor: memory.tensor(identityOf(target)),
      describe: (offset) => describeElement(tensor, offset),
    };
    const addressOf = this.#addressOf(target);
    const { read, write } = this.#cells(tensor);
    return {
      read: (offset) => {
        const address = addressOf(offset);
        memory.noteRead(address, running.worker, access, offset);
        return read(address);
      },
      write: (offset, value) => {
        const address = addressOf(offset);
        memory.noteWrite(address, running.worker, access, offset);
        write(address, value);
      },
    };
  }

  #addressOf(target: HostTensor): (offset: number) => number {
    const { segment, offset: start, stepStride } = placeOf(target);
    const bytes = dtypeBytes[target.tensor.dtype];
    const bases = Array.from(
      { length: this.#workers },
      (_, worker) => this.#range(target.program, segment, worker).from + start,
    );
    const { running } = this;
    return (offset) => (bases[running.worker] ?? 0) + running.step * stepStride + offset * bytes;
  }

  #cells({ dtype }: ProgramTensor): {
    read(address: number): number;
    write(address: number, value: number): void;
  } {
    const { memory } = this;
    if (dtype === 'float32')
      return {
        read: (address) => memory.readFloat(address),
        write: (address, value) => memory.writeFloat(address, value),
      };
    if (dtype === 'uint8')
      return {
        read: (address) => memory.readByte(address),
        write: (address, value) => memory.writeByte(address, value),
      };
    return {
      read: (address) => memory.readInteger(address),
      write: (address, value) => memory.writeInteger(address, value),
    };
  }
}
