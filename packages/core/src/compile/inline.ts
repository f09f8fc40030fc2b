import { type Load, loadsOf, mapExpressions, plainAxis } from '../nest/analysis.ts';
import { asEqualSearch } from '../nest/equalSearch.ts';
import type { Nest } from '../nest/nest.ts';
import { type Primitive, primitives } from '../nest/primitives.ts';
import { f32, i32, operandsOf, rewrite, type Scalar, walk } from '../nest/scalar.ts';
import type { Program, ProgramTensor } from './program.ts';

/** Primitives that are cheaper to compute again than to store and load. */
const cheap = 2;

/** Nests in their order, each at a place of its own, with who reads and who writes a tensor first. */
class NestList {
  readonly #nests: (Nest | undefined)[] = [];
  readonly #readers = new Map<number, Set<number>>();
  readonly #writers = new Map<number, number[]>();

  constructor(nests: readonly Nest[]) {
    for (const [at, nest] of nests.entries()) {
      this.replace(at, nest);
      const [store] = nest.stores;
      if (store === undefined) continue;
      const writers = this.#writers.get(store.tensor);
      if (writers === undefined) this.#writers.set(store.tensor, [at]);
      else writers.push(at);
    }
  }

  at(place: number): Nest | undefined {
    return this.#nests[place];
  }

  /** Puts another nest at a place; `undefined` leaves it empty. */
  replace(place: number, nest: Nest | undefined): void {
    const old = this.#nests[place];
    for (const { tensor } of old === undefined ? [] : loadsOf(old)) this.#readers.get(tensor)?.delete(place);
    this.#nests[place] = nest;
    for (const { tensor } of nest === undefined ? [] : loadsOf(nest)) {
      const readers = this.#readers.get(tensor);
      if (readers === undefined) this.#readers.set(tensor, new Set([place]));
      else readers.add(place);
    }
  }

  /** The place of the only nest that has the tensor as its first store; undefined if several nests store parts of it. */
  writerOf(tensor: number): number | undefined {
    const [place, other] = this.#writers.get(tensor) ?? [];
    return other === undefined ? place : undefined;
  }

  /** Places whose nests load the tensor, in order. */
  readersOf(tensor: number): readonly number[] {
    return [...(this.#readers.get(tensor) ?? [])].sort((a, b) => a - b);
  }

  /** Nests between two places, in order. */
  between(after: number, before: number): readonly Nest[] {
    return this.#nests.slice(after + 1, before).filter((nest) => nest !== undefined);
  }

  all(): readonly Nest[] {
    return this.#nests.filter((nest) => nest !== undefined);
  }
}

/**
 * Replaces loads of a temporary by the expression that computes it, and drops the nest that stored it: views (reshape, transpose,
 * broadcast, gather) always, chains of maps where nothing is computed more often than before. The factors of a matrix
 * product stay loads. Recomputing an element gives the same bits, so results do not change.
 */
export function inlineMaps(program: Program): Program {
  const original = program.phases.flatMap((phase) =>
    phase.groups.flatMap((group) => group.kernels.map((kernel) => foldConstants(kernel.nest))),
  );
  const nests = new NestList(original);
  // What the guard looks at stays a tensor of its own.
  const guardSources = new Set(
    program.phases.flatMap(({ guard }) => (guard === undefined ? [] : [guard.tensor])),
  );
  for (const { stores } of original) {
    const id = stores[0]?.tensor;
    if (id !== undefined && program.tensors[id]?.storage.kind === 'temporary' && !guardSources.has(id))
      inlineTensor(nests, id, program.tensors);
  }
  return {
    ...program,
    phases: [
      {
        groups: nests.all().map((nest) => ({ kernels: [{ nest, split: { kind: 'single' } }], chunk: 1 })),
      },
    ],
  };
}

function inlineTensor(nests: NestList, id: number, tensors: readonly ProgramTensor[]): void {
  const place = nests.writerOf(id);
  const producer = place === undefined ? undefined : nests.at(place);
  if (place === undefined || producer === undefined || !isInlinable(producer)) return;
  const consumers = nests.readersOf(id).filter((reader) => reader !== place);
  const rebuilt = new Map<number, Nest>();
  for (const reader of consumers) {
    const consumer = nests.at(reader);
    if (consumer === undefined || !mayTake(consumer, producer, id, consumers.length)) continue;
    if (isGather(producer) && findsRowsOfVariable(consumer, id, tensors)) continue;
    if (seesTheSame(nests.between(place, reader), producer, consumer, id))
      rebuilt.set(reader, substitute(consumer, producer, id));
  }
  if (rebuilt.size === 0 && consumers.length > 0) return;
  // Partly inlined maps would be computed twice; a view costs nothing either way.
  if (rebuilt.size < consumers.length && !isView(producer)) return;
  if (rebuilt.size === consumers.length) nests.replace(place, undefined);
  for (const [reader, nest] of rebuilt) nests.replace(reader, nest);
}

/** No reduction, one store, at an index that is a permutation of the axes (and 0 along axes of size 1). */
function isInlinable(nest: Nest): boolean {
  const [store] = nest.stores;
  if (nest.reduction !== undefined || nest.stores.length !== 1 || store === undefined) return false;
  const axes = store.index.filter((index) => index.kind !== 'constant').map(plainAxis);
  return (
    axes.every((axis) => axis !== undefined) &&
    new Set(axes).size === nest.axes.length &&
    axes.length === nest.axes.length
  );
}

/** Its value is an element of another tensor, a constant or an index: there is nothing to compute. */
const isView = (nest: Nest): boolean =>
  ['load', 'constant', 'axis'].includes(nest.stores[0]?.value.kind ?? '');

/**
 * Whether `consumer` would load the values that the producer loads: no nest between them overwrites one (variables are updated in
 * place), and the consumer itself overwrites one only at the element that it has just loaded.
 */
function seesTheSame(between: readonly Nest[], producer: Nest, consumer: Nest, id: number): boolean {
  const loaded = new Set(loadsOf(producer).map(({ tensor }) => tensor));
  if (between.some(({ stores }) => stores.some(({ tensor }) => loaded.has(tensor)))) return false;
  if (!consumer.stores.some(({ tensor }) => loaded.has(tensor))) return true;
  return loadsOf(substitute(consumer, producer, id)).every((load) =>
    consumer.stores.every(
      (store) => store.tensor !== load.tensor || JSON.stringify(store.index) === JSON.stringify(load.index),
    ),
  );
}

/** Whether an expression takes no more primitives than are cheap; looks no further than it has to. */
function isCheap(root: Scalar): boolean {
  const seen = new Set<Scalar>();
  let left = cheap;
  const fits = (scalar: Scalar): boolean => {
    if (seen.has(scalar)) return true;
    seen.add(scalar);
    if (scalar.kind === 'call') return false;
    if (scalar.kind === 'primitive') left -= 1;
    return left >= 0 && operandsOf(scalar).every(fits);
  };
  return fits(root);
}

const points = (nest: Nest): number => nest.axes.reduce((product, { size }) => product * size, 1);

/** Whether `consumer` may compute the producer's element itself instead of loading it. */
function mayTake(consumer: Nest, producer: Nest, id: number, consumers: number): boolean {
  const value = producer.stores[0]?.value;
  if (value === undefined) return false;
  const factors = productFactors(consumer).filter((load) => load.tensor === id);
  if (factors.length > 0) {
    if (value.kind !== 'load') return false;
    if (!value.index.every((index) => plainAxis(index) !== undefined)) return false;
    if (new Set(value.index.map(plainAxis)).size !== producer.axes.length) return false;
  }
  // An index expression is evaluated for each lane by itself: only loads may move there.
  if (indexLoads(consumer).some((load) => load.tensor === id) && !isView(producer)) return false;
  if (isView(producer)) return true;
  const asOften = points(consumer) <= points(producer);
  const overBatch = consumer.reduction?.rule === 'batch';
  if (asOften && consumers === 1 && !overBatch) return true;
  // An index as a number, say: sharing it between workers would cost a barrier.
  return (asOften || loadsOf(producer).length === 0) && isCheap(value);
}

/** A view whose element is found by another element. */
function isGather({ stores }: Nest): boolean {
  const value = stores[0]?.value;
  return value?.kind === 'load' && indexLoadsOf([value]).length > 0;
}

/**
 * Whether a nest looks rows of a variable up by elements of a tensor. Those are loaded ahead, by a nest of their own: the processor then
 * waits for many rows of a table at once, each of which was found without a wait. Measured for matrix factorisation, 6000 x
 * 4000 of rank 32, a million ratings: the kernels that read or write the tables take 0.75 of the time.
 */
function findsRowsOfVariable(nest: Nest, id: number, tensors: readonly ProgramTensor[]): boolean {
  if (asEqualSearch(nest) !== undefined) return false;
  return [...loadsOf(nest), ...nest.stores].some(
    ({ tensor, index }) =>
      tensors[tensor]?.storage.kind === 'variable' &&
      indexLoadsOf([{ index }]).some((load) => load.tensor === id),
  );
}

/** The two loads that a sum of products multiplies. */
function productFactors(nest: Nest): readonly Load[] {
  const term = nest.reduction?.term;
  if (
    nest.reduction?.kind !== 'sum' ||
    term?.kind !== 'primitive' ||
    term.name !== 'mul' ||
    nest.axes.length < 3
  )
    return [];
  return term.args.filter((argument): argument is Load => argument.kind === 'load');
}

/** What is loaded to find elements. */
function indexLoadsOf(accesses: readonly Pick<Load, 'index'>[]): readonly Load[] {
  const found: Load[] = [];
  walk(
    accesses.flatMap(({ index }) => index),
    (scalar) => {
      if (scalar.kind === 'load') found.push(scalar);
    },
  );
  return found;
}

/** What a nest loads to find other elements, or whether to store any. */
function indexLoads(nest: Nest): readonly Load[] {
  const { reduction, stores } = nest;
  const roots = [
    ...loadsOf(nest).flatMap(({ index }) => index),
    ...stores.flatMap(({ index, guard }) => (guard === undefined ? index : [...index, guard])),
    ...(reduction?.chain === undefined ? [] : [reduction.chain.start, reduction.chain.next]),
  ];
  const found: Load[] = [];
  walk(roots, (scalar) => {
    if (scalar.kind === 'load') found.push(scalar);
  });
  return found;
}

/** The consumer with every load of the producer's tensor replaced by the producer's expression at that index. */
function substitute(consumer: Nest, producer: Nest, id: number): Nest {
  const [store] = producer.stores;
  if (store === undefined) return consumer;
  const done = new Map<Scalar, Scalar>();
  return foldConstants(
    mapExpressions(consumer, (root) =>
      rewrite(
        root,
        (scalar) =>
          scalar.kind === 'load' && scalar.tensor === id ? instantiate(store, scalar.index) : scalar,
        done,
      ),
    ),
  );
}

/** Computes primitives of constants now, with the rounding that the step would apply. */
function foldConstants(nest: Nest): Nest {
  const done = new Map<Scalar, Scalar>();
  return mapExpressions(nest, (root) => rewrite(root, fold, done));
}

function fold(scalar: Scalar): Scalar {
  if (scalar.kind !== 'primitive' || scalar.type === 'mask') return scalar;
  const values = scalar.args.flatMap((argument) =>
    argument.kind === 'constant'
      ? [argument.type === 'f32' ? Math.fround(argument.value) : argument.value]
      : [],
  );
  if (values.length < scalar.args.length) return scalar;
  const { evaluate }: Primitive = primitives[scalar.name];
  const value = evaluate(...values);
  return scalar.type === 'f32' ? f32(Math.fround(value)) : i32(value);
}

function instantiate(store: Nest['stores'][number], index: readonly Scalar[]): Scalar {
  const axisValue = new Map(store.index.map((entry, dimension) => [plainAxis(entry), index[dimension]]));
  return rewrite(store.value, (scalar) =>
    scalar.kind === 'axis' ? (axisValue.get(scalar.axis) ?? scalar) : scalar,
  );
}
