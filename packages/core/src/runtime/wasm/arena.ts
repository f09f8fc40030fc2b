import type { Compilation } from '../../compile/compile.ts';
import { forEachElement } from '../../compile/layout.ts';
import { type SegmentBytes, segmentBases } from '../../compile/place.ts';
import type { ProgramTensor } from '../../compile/program.ts';
import { LockstepError } from '../../errors.ts';
import { arenaPages } from '../../kernels/module.ts';
import { type DType, dtypeBytes } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Executor } from '../executor.ts';
import { HostTensors, requireLength, requireRows, requireStep } from '../hostTensors.ts';

type View = Float32Array | Int32Array | Uint8Array;

/** Values from which on a copy as a whole is worth the objects that it takes. */
const longRow = 256;

/** Memory for all tensors of a compilation. */
export function createMemory(compilation: Compilation, shared: boolean): WebAssembly.Memory {
  const pages = arenaPages(compilation);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** The host's side of an arena: reads and writes tensors in logical row-major order, whatever their layout. */
export class Arena implements Omit<Executor, 'run'> {
  readonly memory: WebAssembly.Memory;
  readonly #bases: SegmentBytes;
  readonly #tensors: HostTensors;
  /** The whole arena as elements of each type; it never grows. */
  readonly #views: Readonly<Record<DType, View>>;
  readonly #rows = new Map<ProgramTensor, Rows | undefined>();

  /** @param bases - where segments start. Default: those of the compilation's first worker */
  constructor(
    compilation: Compilation,
    memory: WebAssembly.Memory,
    bases: SegmentBytes = segmentBases(compilation.bytes, 0),
  ) {
    this.memory = memory;
    const { buffer } = memory;
    const words = new Int32Array(buffer);
    this.#views = {
      float32: new Float32Array(buffer),
      int32: words,
      bool: words,
      uint8: new Uint8Array(buffer),
    };
    this.#bases = bases;
    this.#tensors = new HostTensors(compilation.programs);
    for (const program of compilation.programs)
      for (const tensor of program.tensors)
        if (tensor.storage.kind === 'constant' && tensor.place !== undefined)
          this.#write(tensor, 0, tensor.storage.values);
  }

  get programs(): Executor['programs'] {
    return this.#tensors.programs;
  }

  writeVariable(path: string, values: ArrayLike<number>): void {
    const written = new Set<number>();
    for (const { tensor } of this.#tensors.variable(path)) {
      const start = this.#start(tensor, 0);
      if (start === undefined || written.has(start)) continue;
      written.add(start);
      this.#write(tensor, 0, values);
    }
  }

  readVariable(path: string): Float32Array {
    const source = this.#tensors.variable(path).find(({ tensor }) => tensor.place !== undefined);
    return source === undefined
      ? new Float32Array(0)
      : this.#read(source.tensor, 0, new Float32Array(sizeOf(source.tensor.shape)));
  }

  writeInput(name: string, values: ArrayLike<number>): void {
    const source = this.#tensors.input(name).find(({ tensor }) => tensor.place !== undefined);
    if (source !== undefined) this.#write(source.tensor, 0, values);
  }

  writeInputRows(name: string, start: number, values: ArrayLike<number>): void {
    const source = this.#tensors.input(name).find(({ tensor }) => tensor.place !== undefined);
    if (source === undefined) return;
    const { tensor } = source;
    requireRows(tensor, start, values);
    const [, ...row] = tensor.shape;
    const { place: at, length, stride } = this.inputRows(name);
    const view = this.#views[tensor.dtype];
    const count = values.length / sizeOf(row);
    for (let of = 0; of < count; of += 1) {
      const to = at + (start + of) * stride;
      for (let element = 0; element < length; element += 1)
        view[to + element] = values[of * length + element] ?? 0;
    }
  }

  /**
   * Where the rows of an input lie, for who writes them from another thread.
   *
   * @throws LockstepError UNKNOWN_OPTION when there is no such input; INTERNAL when its rows do not lie evenly apart
   */
  inputRows(name: string): InputRows {
    const source = this.#tensors.input(name).find(({ tensor }) => tensor.place !== undefined);
    const rows = source && this.#rowsOf(source.tensor);
    const place = source && this.#start(source.tensor, 0);
    if (source === undefined || rows === undefined || place === undefined)
      throw new LockstepError('INTERNAL', `the rows of input "${name}" do not lie evenly apart`);
    return source.tensor.shape.length < 2
      ? { place, length: 1, stride: 1 }
      : { place, length: rows.length, stride: rows.stride };
  }

  writeStepValue(program: string, name: string, step: number, values: ArrayLike<number>): void {
    this.#write(this.#tensors.stepValue(program, name, step).tensor, step, values);
  }

  readResult(program: string, name: string, step: number): Float32Array | Int32Array {
    const { tensor } = this.#tensors.result(program, name, step);
    const count = sizeOf(tensor.shape);
    return tensor.dtype === 'float32'
      ? this.#read(tensor, step, new Float32Array(count))
      : this.#read(tensor, step, new Int32Array(count));
  }

  /** @throws LockstepError BAD_OPTION for a step outside a program's tables */
  requireStep(program: string, step: number): void {
    requireStep(this.#tensors.program(program), step);
  }

  /** Where an entry of a tensor starts, in elements of the view that it is seen through. */
  #start({ place, dtype }: ProgramTensor, step: number): number | undefined {
    return place === undefined
      ? undefined
      : (this.#bases[place.segment] + place.offset + step * place.stepStride) / dtypeBytes[dtype];
  }

  #rowsOf(tensor: ProgramTensor): Rows | undefined {
    if (!this.#rows.has(tensor)) this.#rows.set(tensor, rowsOf(tensor));
    return this.#rows.get(tensor);
  }

  #write(tensor: ProgramTensor, step: number, values: ArrayLike<number>): void {
    requireLength(tensor, values);
    const view = this.#views[tensor.dtype];
    const start = this.#start(tensor, step);
    if (start === undefined) return;
    // Scalars and rows of tables are written in every step: neither makes an object.
    if (values.length === 1 && tensor.shape.length === 0) {
      view[start] = values[0] ?? 0;
      return;
    }
    const rows = this.#rowsOf(tensor);
    if (rows === undefined) {
      forEachElement(tensor, (logical, physical) => {
        view[start + physical] = values[logical] ?? 0;
      });
      return;
    }
    const { count, length, stride } = rows;
    if (ArrayBuffer.isView(values) && values.length >= longRow) {
      const source: View = values as View;
      for (let row = 0; row < count; row += 1)
        view.set(source.subarray(row * length, (row + 1) * length), start + row * stride);
      return;
    }
    for (let row = 0; row < count; row += 1)
      for (let at = 0; at < length; at += 1) view[start + row * stride + at] = values[row * length + at] ?? 0;
  }

  #read<T extends Float32Array | Int32Array>(tensor: ProgramTensor, step: number, into: T): T {
    const view = this.#views[tensor.dtype];
    const start = this.#start(tensor, step);
    if (start === undefined) throw new LockstepError('INTERNAL', `tensor ${tensor.name} has no place`);
    if (tensor.shape.length === 0) into[0] = view[start] ?? 0;
    else
      forEachElement(tensor, (logical, physical) => {
        into[logical] = view[start + physical] ?? 0;
      });
    return into;
  }
}

/** Where the rows of an input lie: in elements of a view of the whole memory in the input's type. */
export interface InputRows {
  /** Of the first. */
  readonly place: number;
  readonly length: number;
  /** From one to the next. */
  readonly stride: number;
}

interface Rows {
  readonly count: number;
  readonly length: number;
  readonly stride: number;
}

/** Rows of consecutive elements, evenly apart, if that is how a tensor lies. */
function rowsOf({ shape, layout }: ProgramTensor): Rows | undefined {
  const last = layout.axes.at(-1);
  const length = shape.at(-1) ?? 1;
  const straight = last?.length === 1 && last[0]?.stride === 1;
  if (!straight || layout.axes.some((digits) => digits.length !== 1)) return undefined;
  const count = sizeOf(shape) / Math.max(1, length);
  const stride = layout.axes.at(-2)?.[0]?.stride ?? length;
  const even = layout.axes
    .slice(0, -1)
    .every((digits, axis) => (digits[0]?.stride ?? 0) === stride * sizeOf(shape.slice(axis + 1, -1)));
  return even ? { count, length, stride } : undefined;
}
