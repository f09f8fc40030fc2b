import { dimensionOf, loadsOf, mapExpressions } from '../nest/analysis.ts';
import { asContraction } from '../nest/contraction.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import type { Nest } from '../nest/nest.ts';
import { rewrite } from '../nest/scalar.ts';
import { defaultVectorAxis } from './layout.ts';
import type { Group, Kernel, Program, ProgramTensor } from './program.ts';

const single = (nest: Nest): Group => ({ kernels: [{ nest, split: { kind: 'single' } }], chunk: 1 });

/**
 * Decides which axis the vectors of every tensor run along, so that each product reads its second operand along its output's
 * vectors. Products vote: a variable lies as its first product wants it, and what is combined with it element by element
 * (gradient, moments) lies the same way. Where a later product wants the other axis, a variable gets a derived copy, which
 * every update writes too (`storeCopies`); any other tensor is copied once, before its first such use.
 *
 * @param orientation - what earlier programs over the same variables decided, by path; extended by this one
 */
export function chooseOperands(program: Program, orientation: Map<string, number | undefined>): Program {
  const kernels = program.phases.flatMap((phase) => phase.groups.flatMap((group) => group.kernels));
  const vectorAxis = program.tensors.map((tensor) => defaultVectorAxis(tensor));
  orientVariables(program.tensors, kernels, vectorAxis, orientation);

  const tensors = [...program.tensors];
  const copies = new Map<string, number>();
  const groups: Group[] = [];
  const addCopy = (from: ProgramTensor, along: number): number => {
    const id = tensors.length;
    const { batchAxis, ...plain } = from;
    const type = batchAxis === along ? plain : from;
    const isVariable = from.storage.kind === 'variable';
    tensors.push({
      ...type,
      id,
      name: `${from.name}.along${along}`,
      storage:
        from.storage.kind === 'variable'
          ? { kind: 'derived', path: from.storage.path, of: from.id }
          : { kind: 'temporary' },
    });
    vectorAxis[id] = along;
    if (!isVariable) {
      const index = identityIndex(from.shape.length);
      groups.push(
        single({
          name: 'relayout',
          axes: axesOf(type),
          stores: [{ tensor: id, index, value: load(from, index) }],
        }),
      );
    }
    return id;
  };

  for (const { nest } of kernels) {
    const out = nest.stores[0];
    const n = out === undefined ? undefined : storedAlong(out, vectorAxis);
    const product = n === undefined ? undefined : asContraction(nest, n);
    const from = product === undefined ? undefined : tensors[product.vector.tensor];
    const along = product === undefined ? undefined : dimensionOf(product.vector.index, product.n);
    if (product === undefined || from === undefined || along === undefined || vectorAxis[from.id] === along) {
      groups.push(single(nest));
      continue;
    }
    const key = `${from.id} ${along}`;
    const copy = copies.get(key) ?? addCopy(from, along);
    copies.set(key, copy);
    const { vector } = product;
    groups.push(
      single(
        mapExpressions(nest, (root) =>
          rewrite(root, (scalar) =>
            scalar.kind === 'load' && scalar.tensor === vector.tensor && sameIndex(scalar.index, vector.index)
              ? { ...scalar, tensor: copy }
              : scalar,
          ),
        ),
      ),
    );
  }

  return {
    ...program,
    tensors: tensors.map((tensor, id) => {
      const along = vectorAxis[id];
      return along === undefined ? tensor : { ...tensor, vectorAxis: along };
    }),
    phases: [{ groups }],
  };
}

const sameIndex = (a: readonly object[], b: readonly object[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function storedAlong(
  store: Nest['stores'][number],
  vectorAxis: readonly (number | undefined)[],
): number | undefined {
  const along = vectorAxis[store.tensor];
  const index = along === undefined ? undefined : store.index[along];
  return index?.kind === 'axis' ? index.axis : undefined;
}

/** Turns a variable, and what goes with it element by element, to the axis that its first product wants. */
function orientVariables(
  tensors: readonly ProgramTensor[],
  kernels: readonly Kernel[],
  vectorAxis: (number | undefined)[],
  orientation: Map<string, number | undefined>,
): void {
  const neighbours = elementwiseNeighbours(tensors, kernels);
  const decided = new Set<number>();
  const turn = (variable: number, along: number | undefined): void => {
    const queue = [variable];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (decided.has(next)) continue;
      decided.add(next);
      vectorAxis[next] = along;
      queue.push(...(neighbours.get(next) ?? []));
    }
  };
  for (const { id, storage } of tensors)
    if (storage.kind === 'variable' && orientation.has(storage.path)) turn(id, orientation.get(storage.path));
  for (const { nest } of kernels) {
    const out = nest.stores[0];
    const n = out === undefined ? undefined : storedAlong(out, vectorAxis);
    const product = n === undefined ? undefined : asContraction(nest, n);
    if (product === undefined) continue;
    const { tensor, index } = product.vector;
    if (tensors[tensor]?.storage.kind === 'variable') turn(tensor, dimensionOf(index, product.n));
  }
  for (const { id, storage } of tensors)
    if (storage.kind === 'variable') orientation.set(storage.path, vectorAxis[id]);
}

/** For each tensor without a mini-batch axis those that some map combines with it at the same index. */
function elementwiseNeighbours(
  tensors: readonly ProgramTensor[],
  kernels: readonly Kernel[],
): Map<number, number[]> {
  const neighbours = new Map<number, number[]>();
  const eligible = (id: number): boolean =>
    tensors[id]?.batchAxis === undefined && tensors[id]?.shape.length === 2;
  const join = (a: number, b: number): void => {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
    neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
  };
  for (const { nest } of kernels) {
    if (nest.reduction !== undefined) continue;
    for (const store of nest.stores)
      for (const from of loadsOf(nest))
        if (eligible(store.tensor) && eligible(from.tensor) && sameIndex(store.index, from.index))
          join(store.tensor, from.tensor);
  }
  return neighbours;
}

/** The derived copies that any of the programs reads: path of the variable and the axis they run along. */
export function collectCopies(programs: readonly Program[]): ReadonlyMap<string, readonly number[]> {
  const copies = new Map<string, number[]>();
  for (const { tensors } of programs)
    for (const { storage, vectorAxis } of tensors) {
      if (storage.kind !== 'derived' || vectorAxis === undefined) continue;
      const known = copies.get(storage.path) ?? [];
      if (!known.includes(vectorAxis)) copies.set(storage.path, [...known, vectorAxis]);
    }
  return copies;
}

/** Lets every kernel that stores a variable store its derived copies too, those that only other programs read included. */
export function storeCopies(program: Program, copies: ReadonlyMap<string, readonly number[]>): Program {
  const tensors = [...program.tensors];
  const copiesOf = (tensor: ProgramTensor | undefined): readonly ProgramTensor[] => {
    if (tensor?.storage.kind !== 'variable') return [];
    const { path } = tensor.storage;
    return (copies.get(path) ?? []).map((along) => {
      const known = tensors.find(
        ({ storage, vectorAxis }) =>
          storage.kind === 'derived' && storage.path === path && vectorAxis === along,
      );
      if (known !== undefined) return known;
      const storage = { kind: 'derived', path, of: tensor.id } as const;
      const added: ProgramTensor = {
        ...tensor,
        id: tensors.length,
        name: `${tensor.name}.along${along}`,
        storage,
        vectorAxis: along,
      };
      tensors.push(added);
      return added;
    });
  };
  const phases = program.phases.map((phase) => ({
    ...phase,
    groups: phase.groups.map((group) => ({
      ...group,
      kernels: group.kernels.map((kernel) => ({
        ...kernel,
        nest: {
          ...kernel.nest,
          stores: kernel.nest.stores.flatMap((store) => [
            store,
            ...copiesOf(tensors[store.tensor]).map(({ id }) => ({ ...store, tensor: id })),
          ]),
        },
      })),
    })),
  }));
  return { ...program, tensors, phases };
}
