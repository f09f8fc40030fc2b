import type { Program, ProgramTensor } from '../../compile/program.ts';
import type { Nest, NestAxis } from '../../nest/nest.ts';
import type { Scalar } from '../../nest/scalar.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Interval } from './interval.ts';
import { exactly, functionInterval, join, primitiveInterval, sumInterval, unknown } from './interval.ts';

/** Every element's interval, and how often it was stored. */
export interface IntervalTensor {
  readonly elements: Interval[];
  readonly stores: Uint32Array;
}

interface Point {
  readonly indices: readonly number[];
  readonly reduced?: Interval;
  readonly known: Map<Scalar, Interval>;
}

function* pointsOf(axes: readonly NestAxis[]): Generator<readonly number[]> {
  const [first, ...rest] = axes;
  if (!first) {
    yield [];
    return;
  }
  for (let at = 0; at < first.size; at += 1) for (const others of pointsOf(rest)) yield [at, ...others];
}

/**
 * Runs a program as `lower` makes it on intervals: whatever rounding to float32 may legally do lies in them, and the exact
 * result too. Also finds out whether indices stay inside their tensors.
 */
export class IntervalRun {
  readonly #program: Program;
  readonly #tensors = new Map<number, IntervalTensor>();

  constructor(program: Program, values: Readonly<Record<string, ArrayLike<number>>>) {
    this.#program = program;
    for (const tensor of program.tensors) this.#tensors.set(tensor.id, this.#make(tensor, values));
    for (const { groups } of program.phases)
      for (const { kernels } of groups) for (const { nest } of kernels) this.#run(nest);
  }

  /** Tensors that kernels write, with their contents. */
  written(): readonly { readonly tensor: ProgramTensor; readonly content: IntervalTensor }[] {
    return this.#program.tensors
      .filter(({ storage }) => storage.kind === 'temporary' || storage.kind === 'result')
      .map((tensor) => ({ tensor, content: this.tensor(tensor.id) }));
  }

  result(name: string): IntervalTensor {
    const found = this.#program.tensors.find(
      ({ storage }) => storage.kind === 'result' && storage.name === name,
    );
    return this.tensor(found?.id ?? -1);
  }

  tensor(id: number): IntervalTensor {
    const found = this.#tensors.get(id);
    if (!found) throw new RangeError(`no tensor ${id}`);
    return found;
  }

  #make(
    { shape, storage }: ProgramTensor,
    values: Readonly<Record<string, ArrayLike<number>>>,
  ): IntervalTensor {
    const given =
      storage.kind === 'input' ? values[storage.name] : storage.kind === 'constant' ? storage.values : [];
    return {
      elements: Array.from({ length: sizeOf(shape) }, (_, at) => exactly(given?.[at] ?? Number.NaN)),
      stores: new Uint32Array(sizeOf(shape)),
    };
  }

  #position(tensor: number, index: readonly Scalar[], point: Point): number {
    const shape = this.#program.tensors[tensor]?.shape ?? [];
    return index.reduce((position, scalar, at) => {
      const [value] = this.#evaluate(scalar, point);
      const size = shape[at] ?? 0;
      if (!(value >= 0 && value < size))
        throw new RangeError(`index ${value} of ${size} in tensor ${tensor}`);
      return position * size + value;
    }, 0);
  }

  #evaluate(scalar: Scalar, point: Point): Interval {
    const known = point.known.get(scalar);
    if (known) return known;
    const value = this.#compute(scalar, point);
    point.known.set(scalar, value);
    return value;
  }

  #compute(scalar: Scalar, point: Point): Interval {
    switch (scalar.kind) {
      case 'constant': {
        const exact = exactly(scalar.value);
        return scalar.type === 'f32' ? join(exact, exactly(Math.fround(scalar.value))) : exact;
      }
      case 'axis':
        return exactly(point.indices[scalar.axis] ?? 0);
      case 'reduced':
        return point.reduced ?? unknown;
      case 'load':
        return (
          this.tensor(scalar.tensor).elements[this.#position(scalar.tensor, scalar.index, point)] ?? unknown
        );
      case 'call':
        return functionInterval(
          scalar.name,
          scalar.args.map((each) => this.#evaluate(each, point)),
        );
      case 'primitive':
        return primitiveInterval(
          scalar.name,
          scalar.args.map((each) => this.#evaluate(each, point)),
        );
      default:
        return scalar satisfies never;
    }
  }

  #reduce(nest: Nest, indices: readonly number[]): Interval | undefined {
    const { reduction } = nest;
    if (!reduction) return undefined;
    const terms: Interval[] = [];
    const { chain } = reduction;
    let [cursor] = chain ? this.#evaluate(chain.start, { indices, known: new Map() }) : exactly(0);
    const last = indices[reduction.axis] ?? 0;
    const count = reduction.scan ? last + 1 : (nest.axes[reduction.axis]?.size ?? 0);
    for (let at = 0; at < count; at += 1) {
      const point: Point = { indices: indices.with(reduction.axis, at), known: new Map() };
      if (chain && at !== cursor) continue;
      if (chain) [cursor] = this.#evaluate(chain.next, point);
      const [low, high] = reduction.guard ? this.#evaluate(reduction.guard, point) : exactly(-1);
      if (low !== high) return unknown;
      if (low !== 0) terms.push(this.#evaluate(reduction.term, point));
    }
    if (reduction.kind === 'sum') return sumInterval(terms);
    const { kind } = reduction;
    const start = exactly(kind === 'max' ? -Infinity : Infinity);
    return terms.reduce((extreme, term) => primitiveInterval(kind, [extreme, term]), start);
  }

  #run(nest: Nest): void {
    const scanned = nest.reduction?.scan === true;
    const over = scanned ? undefined : nest.reduction?.axis;
    const axes = nest.axes.map((axis, at) => (at === over ? { ...axis, size: 1 } : axis));
    for (const indices of pointsOf(axes)) {
      const value = this.#reduce(nest, indices);
      const point: Point = { indices, known: new Map(), ...(value && { reduced: value }) };
      for (const store of nest.stores) {
        if (store.guard && this.#evaluate(store.guard, point)[0] === 0) continue;
        const { elements, stores } = this.tensor(store.tensor);
        const position = this.#position(store.tensor, store.index, point);
        elements[position] = this.#evaluate(store.value, point);
        stores[position] = (stores[position] ?? 0) + 1;
      }
    }
  }
}
