import type { Kernel, Program, ProgramTensor } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Executor, FloatArray } from './executor.ts';
import { hostAccess, writeElements } from './hostAccess.ts';
import { type HostTensor, HostTensors, requireStep } from './hostTensors.ts';
import { compileNest } from './nestRunner.ts';
import { type NonFinite, NonFiniteWatch } from './nonFiniteWatch.ts';
import { float32, float64, type Precision } from './precision.ts';
import type { BoundTensor, Elements } from './scalarUnit.ts';

export interface Interpreter<F extends FloatArray = Float32Array> extends Executor<F> {
  /**
   * In checked mode: the first value of the last step that is not finite although all it was computed from is; if there is none,
   * the first such value that was read.
   */
  firstNonFinite(): NonFinite | undefined;
}

type TensorData = FloatArray | Int32Array | Uint8Array;

/** Elements of a typed array; of one entry, if it is a table. */
class ArrayElements implements Elements {
  readonly data: TensorData;
  readonly #entryLength: number;
  #base = 0;

  constructor(data: TensorData, entryLength: number) {
    this.data = data;
    this.#entryLength = entryLength;
  }

  select(step: number): void {
    this.#base = step * this.#entryLength;
  }

  read(offset: number): number {
    return this.data[this.#base + offset] ?? 0;
  }

  write(offset: number, value: number): void {
    this.data[this.#base + offset] = value;
  }
}

/** Tensors with the same key share memory; the others have memory of their own. */
function sharedKey({ storage, layout }: ProgramTensor): string | undefined {
  switch (storage.kind) {
    case 'variable':
      return JSON.stringify(['variable', storage.path, layout]);
    case 'derived':
      return JSON.stringify(['derived', storage.path, layout]);
    case 'input':
      return JSON.stringify(['input', storage.name, layout]);
    default:
      return undefined;
  }
}

/** Memory of all tensors of several programs. */
class InterpreterMemory {
  readonly #floats: (length: number) => FloatArray;
  readonly #shared = new Map<string, ArrayElements>();
  readonly #own = new Map<ProgramTensor, ArrayElements>();

  constructor(floats: (length: number) => FloatArray) {
    this.#floats = floats;
  }

  elements(program: Program, tensor: ProgramTensor): ArrayElements {
    const key = sharedKey(tensor);
    const known = key === undefined ? this.#own.get(tensor) : this.#shared.get(key);
    if (known) return known;
    const made = this.#make(program, tensor);
    if (key === undefined) this.#own.set(tensor, made);
    else this.#shared.set(key, made);
    return made;
  }

  #make(program: Program, tensor: ProgramTensor): ArrayElements {
    const { storage, layout, dtype } = tensor;
    const isTable = storage.kind === 'stepValue' || storage.kind === 'result';
    const data = this.#allocate(dtype, layout.elements * (isTable ? program.steps : 1));
    const elements = new ArrayElements(data, isTable ? layout.elements : 0);
    if (storage.kind === 'constant') writeElements(tensor, elements, storage.values);
    return elements;
  }

  #allocate(dtype: DType, length: number): TensorData {
    if (dtype === 'float32') return this.#floats(length);
    return dtype === 'uint8' ? new Uint8Array(length) : new Int32Array(length);
  }
}

/** A program whose nests are closures. */
interface Prepared {
  readonly program: Program;
  readonly tables: readonly ArrayElements[];
  readonly phases: readonly PreparedPhase[];
}

interface PreparedPhase {
  readonly groups: readonly (readonly (() => void)[])[];
  readonly guard?: { readonly elements: Elements; readonly after: number };
}

function prepare(
  program: Program,
  memory: InterpreterMemory,
  precision: Precision,
  watch: NonFiniteWatch | undefined,
): Prepared {
  const tensors = new Map(program.tensors.map((tensor) => [tensor.id, tensor]));
  const bind = (id: number): BoundTensor => {
    const tensor = tensors.get(id);
    if (!tensor) throw new LockstepError('INTERNAL', `there is no tensor ${id} in program ${program.name}`);
    return { tensor, elements: memory.elements(program, tensor) };
  };
  const compile = ({ nest }: Kernel): (() => void) =>
    compileNest(nest, {
      precision,
      cut: program,
      tensor: watch ? (id) => watch.observe(nest.name, bind(id)) : bind,
      ...(watch && { onPoint: () => watch.startPoint() }),
    });
  return {
    program,
    tables: program.tensors.map((tensor) => memory.elements(program, tensor)),
    phases: program.phases.map(({ groups, guard }) => ({
      groups: groups.map(({ kernels }) => kernels.map(compile)),
      ...(guard && { guard: { elements: bind(guard.tensor).elements, after: guard.guardAfter } }),
    })),
  };
}

/** Runs a phase; false if the guard ended the step. */
function runPhase({ groups, guard }: PreparedPhase): boolean {
  const goesOn = (): boolean => guard === undefined || Number.isFinite(guard.elements.read(0));
  for (const [at, kernels] of groups.entries()) {
    if (at === guard?.after && !goesOn()) return false;
    for (const kernel of kernels) kernel();
  }
  return groups.length !== guard?.after || goesOn();
}

function interpret<F extends FloatArray>(
  programs: readonly Program[],
  precision: Precision<F>,
  checked: boolean,
): Interpreter<F> {
  const hostTensors = new HostTensors(programs);
  const memory = new InterpreterMemory(precision.floats);
  const watch = checked ? new NonFiniteWatch() : undefined;
  const prepared = new Map(
    programs.map((program) => [program.name, prepare(program, memory, precision, watch)]),
  );
  const elementsOf = ({ program, tensor }: HostTensor, step: number): Elements => {
    const elements = memory.elements(program, tensor);
    elements.select(step);
    return elements;
  };
  return {
    ...hostAccess(hostTensors, precision.floats, elementsOf),
    run: (name, step) => {
      const program = hostTensors.program(name);
      requireStep(program, step);
      const { tables, phases } = prepared.get(name) ?? { tables: [], phases: [] };
      for (const table of tables) table.select(step);
      watch?.startStep();
      return phases.every(runPhase) ? 'done' : 'diverged';
    },
    firstNonFinite: () => watch?.first,
  };
}

/**
 * Runs programs scalar by scalar: slow, simple, and the definition of the bits. With `precision: 'float64'` it is
 * the reference that accuracy is measured against. Meant for what `lower` makes; any program whose tensors are whole runs as well,
 * since layouts are followed, and splits and places do not matter to a single worker.
 *
 * @param options - `checked`: look for the value where a step diverged (see `firstNonFinite`)
 * @throws LockstepError DUPLICATE_NAME, GRAPH_INVALID when an index leaves its tensor
 */
export function createInterpreter(
  programs: readonly Program[],
  options?: { readonly precision?: 'float32'; readonly checked?: boolean },
): Interpreter;
export function createInterpreter(
  programs: readonly Program[],
  options: { readonly precision: 'float64'; readonly checked?: boolean },
): Interpreter<Float64Array>;
export function createInterpreter(
  programs: readonly Program[],
  options: { readonly precision?: 'float32' | 'float64'; readonly checked?: boolean } = {},
): Interpreter | Interpreter<Float64Array> {
  const checked = options.checked ?? false;
  return options.precision === 'float64'
    ? interpret(programs, float64, checked)
    : interpret(programs, float32, checked);
}
