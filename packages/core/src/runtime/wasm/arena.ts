import type { Compilation } from '../../compile/compile.ts';
import { forEachElement } from '../../compile/layout.ts';
import { segmentBases } from '../../compile/place.ts';
import type { ProgramTensor } from '../../compile/program.ts';
import { LockstepError } from '../../errors.ts';
import { arenaPages } from '../../kernels/module.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Executor } from '../executor.ts';
import { HostTensors, requireLength, requireStep } from '../hostTensors.ts';

type View = Float32Array | Int32Array | Uint8Array;

/** Memory for all tensors of a compilation. */
export function createMemory(compilation: Compilation, shared: boolean): WebAssembly.Memory {
  const pages = arenaPages(compilation);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** The host's side of an arena: reads and writes tensors in logical row-major order, whatever their layout. */
export class Arena implements Omit<Executor, 'run'> {
  readonly memory: WebAssembly.Memory;
  readonly #bases: ReturnType<typeof segmentBases>;
  readonly #tensors: HostTensors;

  constructor(compilation: Compilation, memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#bases = segmentBases(compilation.bytes, 0);
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
      const address = this.#address(tensor, 0);
      if (address === undefined || written.has(address)) continue;
      written.add(address);
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

  #address(tensor: ProgramTensor, step: number): number | undefined {
    const { place } = tensor;
    return place === undefined
      ? undefined
      : this.#bases[place.segment] + place.offset + step * place.stepStride;
  }

  #view(tensor: ProgramTensor, step: number): View | undefined {
    const address = this.#address(tensor, step);
    const { buffer } = this.memory;
    const { elements } = tensor.layout;
    if (address === undefined) return undefined;
    if (tensor.dtype === 'float32') return new Float32Array(buffer, address, elements);
    return tensor.dtype === 'uint8'
      ? new Uint8Array(buffer, address, elements)
      : new Int32Array(buffer, address, elements);
  }

  #write(tensor: ProgramTensor, step: number, values: ArrayLike<number>): void {
    requireLength(tensor, values);
    const view = this.#view(tensor, step);
    if (view === undefined) return;
    const rows = rowsOf(tensor);
    if (rows === undefined || !ArrayBuffer.isView(values)) {
      forEachElement(tensor, (logical, physical) => {
        view[physical] = values[logical] ?? 0;
      });
      return;
    }
    const source: View = values as View;
    for (let row = 0; row < rows.count; row += 1)
      view.set(source.subarray(row * rows.length, (row + 1) * rows.length), row * rows.stride);
  }

  #read<T extends Float32Array | Int32Array>(tensor: ProgramTensor, step: number, into: T): T {
    const view = this.#view(tensor, step);
    if (view === undefined) throw new LockstepError('INTERNAL', `tensor ${tensor.name} has no place`);
    forEachElement(tensor, (logical, physical) => {
      into[logical] = view[physical] ?? 0;
    });
    return into;
  }
}

/** Rows of consecutive elements, evenly apart, if that is how a tensor lies. */
function rowsOf({
  shape,
  layout,
}: ProgramTensor): { count: number; length: number; stride: number } | undefined {
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
