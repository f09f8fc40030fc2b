import { LockstepError } from '../errors.ts';

const cellBytes = 4;
/** A signalling NaN: what nobody wrote never passes for a value. */
const unwritten = 0x7fa00000;
/** Reader of a cell that several workers read in one phase. */
const several = -2;
const nobody = -1;

/** As what memory is touched. */
export interface Access {
  /** Number of the kernel, from `kernel()`. */
  readonly kernel: number;
  /** Number of the tensor, from `tensor()`. */
  readonly tensor: number;
  /** The element at an offset of the tensor, for messages. */
  describe(offset: number): string;
}

/** Numbers names, so that they fit into one cell of an array. */
class Names {
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  name(number: number): string {
    return [...this.#numbers.keys()][number] ?? 'the host';
  }
}

/**
 * The arena of a simulation. For every 4-byte cell it knows who last wrote and read it since the last barrier, so that an access that
 * the barriers do not order is found whatever order the simulation happens to run in; and which tensor lies there, so that
 * a tensor placed over one that is still needed is found too.
 */
export class TrackedMemory {
  readonly #floats: Float32Array;
  readonly #integers: Int32Array;
  readonly #bytes: Uint8Array;
  /** Tensor that lies in a cell, `nobody` if it was never written. */
  readonly #owner: Int32Array;
  readonly #writePhase: Int32Array;
  readonly #writer: Int32Array;
  readonly #writeKernel: Int32Array;
  readonly #readPhase: Int32Array;
  readonly #reader: Int32Array;
  readonly #readKernel: Int32Array;
  readonly #kernels = new Names();
  readonly #tensors = new Names();
  #phase = 0;

  constructor(bytes: number) {
    const cells = Math.ceil(bytes / cellBytes);
    const arena = new ArrayBuffer(cells * cellBytes);
    this.#floats = new Float32Array(arena);
    this.#integers = new Int32Array(arena).fill(unwritten);
    this.#bytes = new Uint8Array(arena);
    this.#owner = new Int32Array(cells).fill(nobody);
    this.#writePhase = new Int32Array(cells);
    this.#writer = new Int32Array(cells).fill(nobody);
    this.#writeKernel = new Int32Array(cells).fill(nobody);
    this.#readPhase = new Int32Array(cells);
    this.#reader = new Int32Array(cells).fill(nobody);
    this.#readKernel = new Int32Array(cells).fill(nobody);
  }

  kernel(name: string): number {
    return this.#kernels.number(name);
  }

  tensor(name: string): number {
    return this.#tensors.number(name);
  }

  /** All workers have arrived: what happened before is ordered before what follows. */
  barrier(): void {
    this.#phase += 1;
  }

  /** Forgets what lies in a range of bytes. */
  forget(from: number, to: number): void {
    this.#owner.fill(nobody, from / cellBytes, Math.ceil(to / cellBytes));
    this.#integers.fill(unwritten, from / cellBytes, Math.ceil(to / cellBytes));
  }

  readFloat(address: number): number {
    return this.#floats[address / cellBytes] ?? 0;
  }

  readInteger(address: number): number {
    return this.#integers[address / cellBytes] ?? 0;
  }

  readByte(address: number): number {
    return this.#bytes[address] ?? 0;
  }

  writeFloat(address: number, value: number): void {
    this.#floats[address / cellBytes] = value;
  }

  writeInteger(address: number, value: number): void {
    this.#integers[address / cellBytes] = value;
  }

  writeByte(address: number, value: number): void {
    this.#bytes[address] = value;
  }

  /** Notes that the host, while no worker runs, put a tensor's element here. */
  noteHostWrite(address: number, tensor: number): void {
    const cell = Math.floor(address / cellBytes);
    this.#owner[cell] = tensor;
    this.#writer[cell] = nobody;
    this.#writeKernel[cell] = nobody;
  }

  /**
   * Notes a read and checks that it is ordered after the last write, which was of this tensor.
   *
   * @throws LockstepError INTERNAL
   */
  noteRead(address: number, worker: number, access: Access, offset: number): void {
    const { kernel, tensor } = access;
    const cell = Math.floor(address / cellBytes);
    const owner = this.#owner[cell] ?? nobody;
    const writer = this.#writer[cell] ?? nobody;
    if (owner !== tensor) {
      const holds =
        owner === nobody ? 'nothing was written there' : `${this.#tensors.name(owner)} lies there`;
      throw new LockstepError('INTERNAL', `${access.describe(offset)} is read but ${holds}`, {
        where: { op: this.#kernels.name(kernel) },
        got: `a read by worker ${worker}`,
      });
    }
    if (writer !== nobody && writer !== worker && this.#writePhase[cell] === this.#phase)
      throw this.#race(
        access.describe(offset),
        `read by worker ${worker} in ${this.#kernels.name(kernel)}`,
        this.#lastWrite(cell),
      );
    const seen = this.#readPhase[cell] === this.#phase ? (this.#reader[cell] ?? nobody) : nobody;
    this.#readPhase[cell] = this.#phase;
    this.#reader[cell] = seen === nobody || seen === worker ? worker : several;
    this.#readKernel[cell] = kernel;
  }

  /**
   * Notes a write and checks that it is ordered after all reads and writes of other workers.
   *
   * @throws LockstepError INTERNAL
   */
  noteWrite(address: number, worker: number, access: Access, offset: number): void {
    const { kernel, tensor } = access;
    const cell = Math.floor(address / cellBytes);
    const writer = this.#writer[cell] ?? nobody;
    const reader = this.#reader[cell] ?? nobody;
    const written = (): string => `written by worker ${worker} in ${this.#kernels.name(kernel)}`;
    if (writer !== nobody && writer !== worker && this.#writePhase[cell] === this.#phase)
      throw this.#race(access.describe(offset), written(), this.#lastWrite(cell));
    if (reader !== nobody && reader !== worker && this.#readPhase[cell] === this.#phase) {
      const who = reader === several ? 'several workers' : `worker ${reader}`;
      const where = this.#kernels.name(this.#readKernel[cell] ?? nobody);
      throw this.#race(access.describe(offset), written(), `read by ${who}, last in ${where}`);
    }
    this.#owner[cell] = tensor;
    this.#writePhase[cell] = this.#phase;
    this.#writer[cell] = worker;
    this.#writeKernel[cell] = kernel;
  }

  #lastWrite(cell: number): string {
    const kernel = this.#kernels.name(this.#writeKernel[cell] ?? nobody);
    return `written by worker ${this.#writer[cell]} in ${kernel}`;
  }

  #race(element: string, now: string, before: string): LockstepError {
    return new LockstepError(
      'INTERNAL',
      `no barrier orders two accesses to ${element}: ${before}, and ${now}`,
    );
  }
}
