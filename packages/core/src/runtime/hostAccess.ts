import { forEachElement } from '../compile/layout.ts';
import type { ProgramTensor } from '../compile/program.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { Executor, FloatArray } from './executor.ts';
import { type HostTensor, type HostTensors, requireLength, requireRows } from './hostTensors.ts';
import type { Elements } from './scalarUnit.ts';

/** Writes a tensor whose values are in row-major logical order. */
export function writeElements(tensor: ProgramTensor, elements: Elements, values: ArrayLike<number>): void {
  forEachElement(tensor, (position, offset) => elements.write(offset, values[position] ?? 0));
}

/** The host's side of an executor that lets elements be read and written one at a time. */
export function hostAccess<F extends FloatArray>(
  hostTensors: HostTensors,
  floats: (length: number) => F,
  elementsOf: (tensor: HostTensor, step: number) => Elements,
): Omit<Executor<F>, 'run'> {
  const write = (target: HostTensor, step: number, values: ArrayLike<number>): void => {
    requireLength(target.tensor, values);
    writeElements(target.tensor, elementsOf(target, step), values);
  };
  const readInto = <T extends FloatArray | Int32Array>(source: HostTensor, step: number, values: T): T => {
    const elements = elementsOf(source, step);
    forEachElement(source.tensor, (position, offset) => {
      values[position] = elements.read(offset);
    });
    return values;
  };
  return {
    programs: hostTensors.programs,
    writeVariable: (path, values) => {
      for (const target of hostTensors.variable(path)) write(target, 0, values);
    },
    readVariable: (path) => {
      const [source] = hostTensors.variable(path);
      return source ? readInto(source, 0, floats(sizeOf(source.tensor.shape))) : floats(0);
    },
    writeInput: (name, values) => {
      for (const target of hostTensors.input(name)) write(target, 0, values);
    },
    writeInputRows: (name, start, values) => {
      for (const target of hostTensors.input(name)) {
        const first = requireRows(target.tensor, start, values);
        const elements = elementsOf(target, 0);
        forEachElement(target.tensor, (position, offset) => {
          const value = values[position - first];
          if (value !== undefined) elements.write(offset, value);
        });
      }
    },
    writeStepValue: (program, name, step, values) =>
      write(hostTensors.stepValue(program, name, step), step, values),
    readResult: (program, name, step) => {
      const source = hostTensors.result(program, name, step);
      const count = sizeOf(source.tensor.shape);
      return source.tensor.dtype === 'float32'
        ? readInto(source, step, floats(count))
        : readInto(source, step, new Int32Array(count));
    },
  };
}
