import type { Program, ProgramTensor } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';

/** A tensor that the host can name, in the program it belongs to. */
export interface HostTensor {
  readonly program: Program;
  readonly tensor: ProgramTensor;
}

const signature = ({ dtype, shape }: ProgramTensor): string => `${dtype} [${shape.join(', ')}]`;

function unknown(what: string, name: string, known: Iterable<string>): LockstepError {
  return new LockstepError('UNKNOWN_OPTION', `there is no ${what} with this name`, {
    got: `"${name}"`,
    wanted: `one of ${[...known].join(', ') || '(none)'}`,
  });
}

/** Throws unless `values` has as many values as the tensor has elements. */
export function requireLength(tensor: ProgramTensor, values: ArrayLike<number>): void {
  if (values.length !== sizeOf(tensor.shape))
    throw new LockstepError('SHAPE_MISMATCH', `the number of values does not fit "${tensor.name}"`, {
      got: `${values.length} values`,
      wanted: `${sizeOf(tensor.shape)} for ${signature(tensor)}`,
    });
}

/**
 * Throws unless values are whole rows that a tensor has, along its first axis.
 *
 * @returns elements before the first of these rows
 */
export function requireRows(tensor: ProgramTensor, start: number, values: ArrayLike<number>): number {
  const [rows = 1, ...rest] = tensor.shape;
  const length = sizeOf(rest);
  const count = values.length / length;
  if (!Number.isInteger(count) || start < 0 || start + count > rows)
    throw new LockstepError('SHAPE_MISMATCH', `the rows do not fit "${tensor.name}"`, {
      got: `${values.length} values from row ${start} on`,
      wanted: `rows of ${length} values, 0 to ${rows - 1}`,
    });
  return start * length;
}

/** Throws unless the tables of a program have this entry. */
export function requireStep(program: Program, step: number): void {
  if (!Number.isInteger(step) || step < 0 || step >= program.steps)
    throw new LockstepError('BAD_OPTION', `program "${program.name}" has no such step`, {
      got: String(step),
      wanted: `0 to ${program.steps - 1}`,
    });
}

/**
 * The names of several programs' tensors. Variables and inputs of the same name are the same tensor in all programs; tables
 * belong to one program.
 */
export class HostTensors {
  readonly programs: ReadonlyMap<string, Program>;
  readonly #variables = new Map<string, HostTensor[]>();
  readonly #inputs = new Map<string, HostTensor[]>();
  /** By program and name: every step of a run asks for some. */
  readonly #tables = {
    stepValue: new Map<Program, Map<string, HostTensor>>(),
    result: new Map<Program, Map<string, HostTensor>>(),
  };

  /** @throws LockstepError DUPLICATE_NAME for two programs of one name, or two types of one variable or input */
  constructor(programs: readonly Program[]) {
    const byName = new Map<string, Program>();
    for (const program of programs) {
      if (byName.has(program.name))
        throw new LockstepError('DUPLICATE_NAME', 'two programs have the same name', {
          got: `"${program.name}"`,
        });
      byName.set(program.name, program);
      for (const tensor of program.tensors) this.#add({ program, tensor });
    }
    this.programs = byName;
  }

  #add(added: HostTensor): void {
    const { storage } = added.tensor;
    if (storage.kind === 'variable' || storage.kind === 'derived')
      this.#join(this.#variables, storage.path, added);
    if (storage.kind === 'input') this.#join(this.#inputs, storage.name, added);
    if (storage.kind === 'stepValue' || storage.kind === 'result') {
      const tables = this.#tables[storage.kind];
      const named = tables.get(added.program) ?? new Map<string, HostTensor>();
      tables.set(added.program, named.set(storage.name, added));
    }
  }

  #join(table: Map<string, HostTensor[]>, name: string, added: HostTensor): void {
    const others = table.get(name) ?? [];
    const other = others.find(({ tensor }) => signature(tensor) !== signature(added.tensor));
    if (other)
      throw new LockstepError('DUPLICATE_NAME', `programs use "${name}" for different tensors`, {
        got: `${signature(added.tensor)} in ${added.program.name}`,
        wanted: `${signature(other.tensor)} as in ${other.program.name}`,
      });
    // The variable itself first: it is the one to read.
    if (added.tensor.storage.kind === 'variable') table.set(name, [added, ...others]);
    else table.set(name, [...others, added]);
  }

  program(name: string): Program {
    const program = this.programs.get(name);
    if (!program) throw unknown('program', name, this.programs.keys());
    return program;
  }

  /** A variable in every program that has it, and its derived copies; the first one is to be read. */
  variable(path: string): readonly HostTensor[] {
    const found = this.#variables.get(path);
    if (!found) throw unknown('variable', path, this.#variables.keys());
    return found;
  }

  input(name: string): readonly HostTensor[] {
    const found = this.#inputs.get(name);
    if (!found) throw unknown('input', name, this.#inputs.keys());
    return found;
  }

  stepValue(program: string, name: string, step: number): HostTensor {
    return this.#tableEntry('stepValue', program, name, step);
  }

  result(program: string, name: string, step: number): HostTensor {
    return this.#tableEntry('result', program, name, step);
  }

  #tableEntry(kind: 'stepValue' | 'result', program: string, name: string, step: number): HostTensor {
    const of = this.program(program);
    requireStep(of, step);
    const named = this.#tables[kind].get(of);
    const found = named?.get(name);
    if (!found) throw unknown(kind === 'result' ? 'result' : 'step value', name, named?.keys() ?? []);
    return found;
  }
}
