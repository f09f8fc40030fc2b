import type { Kernel, Program, ProgramTensor } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { dependsOnAxis, loadsOf, mapExpressions, plainAxis } from '../nest/analysis.ts';
import { asContraction } from '../nest/contraction.ts';
import { asEqualSearch } from '../nest/equalSearch.ts';
import type { Nest } from '../nest/nest.ts';
import { rewrite } from '../nest/scalar.ts';
import { shiftedAxis } from '../nest/shiftedAxis.ts';
import { storesByGuard } from '../nest/storesByGuard.ts';
import type { FunctionRef, GlobalRef, ModuleBuilder } from './assembler/index.ts';
import { emitColumnReduce } from './columnReduce.ts';
import { emitContract } from './contract.ts';
import { canSearch, emitEqualSearch } from './equalSearch.ts';
import { prepareNest } from './expression.ts';
import { type Advance, advanceOf, type Frame, guardsOf, type Slot } from './frame.ts';
import type { MachineProducts } from './machineProduct.ts';
import { emitMap } from './map.ts';
import { canTile } from './product.ts';
import { emitRowReduce } from './rowReduce.ts';
import { emitScan } from './scan.ts';

/** How a phase calls a kernel. */
export interface KernelCall {
  readonly kernel: FunctionRef;
  /** One pointer for each tensor, in order; it moves `bytesPerUnit` for each unit of the split. */
  readonly slots: readonly { readonly tensor: number; readonly bytesPerUnit: number }[];
  /** Indices along the split axis in one unit. */
  readonly unitElements: number;
}

interface SlotPlan {
  readonly tensor: ProgramTensor;
  readonly advance: Advance | undefined;
}

/**
 * Text of plain data that tells all numbers apart. An expression that occurs again is a reference to where it was first: written
 * out, the paths through a random number generator would be too many.
 */
function textOf(data: unknown): string {
  const expressions = new Map<object, number>();
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (Object.is(value, -0)) return '-0';
    if (typeof value !== 'object' || value === null || !('kind' in value)) return value;
    const first = expressions.get(value);
    if (first !== undefined) return `#${first}`;
    expressions.set(value, expressions.size);
    return value;
  });
}

/** Name of a kernel's function, for profiles: what it computes and the sizes of its axes. */
export function kernelName({ name, axes }: Nest): string {
  return `${name} ${axes.map(({ size }) => size).join('x')}`;
}

/**
 * The kernels of a module, one function for each distinct shape: addresses are parameters, so layers of equal sizes share their
 * code. Parameters: a pointer for each tensor, the index of the first element along the split axis, the number of units.
 */
export class KernelLibrary {
  readonly #module: ModuleBuilder;
  readonly #scratch: GlobalRef;
  readonly #wide: boolean;
  readonly #products: MachineProducts | undefined;
  readonly #known = new Map<string, FunctionRef>();

  constructor(
    module: ModuleBuilder,
    scratch: GlobalRef,
    wide: boolean,
    products: MachineProducts | undefined,
  ) {
    this.#module = module;
    this.#scratch = scratch;
    this.#wide = wide;
    this.#products = products;
  }

  define(program: Program, kernel: Kernel, chunk: number): KernelCall {
    const { split } = kernel;
    const ids = [...new Set([...kernel.nest.stores, ...loadsOf(kernel.nest)].map(({ tensor }) => tensor))];
    const nest = prepareNest(renumber(kernel.nest, ids));
    const plans = ids.map((id, slot): SlotPlan => {
      const tensor = program.tensors[id];
      if (tensor === undefined)
        throw new LockstepError('INTERNAL', `program ${program.name} has no tensor ${id}`);
      const accesses = [...nest.stores, ...loadsOf(nest)]
        .filter((access) => access.tensor === slot)
        .map(({ index }) => index);
      return { tensor, advance: advanceOf(tensor, split, accesses) };
    });
    const mostUnits = split.kind === 'axis' ? chunk : 0;
    const key = textOf([
      { ...nest, name: '' },
      plans.map(({ tensor: { layout, dtype, vectorAxis }, advance }) => [layout, dtype, vectorAxis, advance]),
      split.kind === 'axis' ? [split.axis, split.unit] : 'whole',
      mostUnits,
      nest.reduction?.rule === 'batch' ? [program.batchSize, program.lanes] : 0,
    ]);
    const known = this.#known.get(key) ?? this.#emit(program, kernel, nest, plans, mostUnits);
    this.#known.set(key, known);
    return {
      kernel: known,
      slots: plans.map(({ advance }, slot) => ({
        tensor: ids[slot] ?? 0,
        bytesPerUnit: advance?.bytesPerUnit ?? 0,
      })),
      unitElements: split.kind === 'axis' ? split.unit : 0,
    };
  }

  #emit(
    program: Program,
    kernel: Kernel,
    nest: Nest,
    plans: readonly SlotPlan[],
    mostUnits: number,
  ): FunctionRef {
    const params = [...plans.map(() => 'i32' as const), 'i32' as const, 'i32' as const];
    return this.#module.func(kernelName(nest), params, [], (f) => {
      const slots = new Map<number, Slot>(plans.map((plan, at) => [at, { ...plan, pointer: f.param(at) }]));
      const scratch = f.local('i32');
      f.globalGet(this.#scratch).set(scratch);
      const frame: Frame = {
        f,
        ...takeGuard(nest),
        split: kernel.split,
        slots,
        first: f.param(plans.length),
        count: f.param(plans.length + 1),
        scratch,
        positions: new Map(),
        wide: this.#wide,
        mostUnits,
        products: this.#products,
        lanes: program.lanes,
        batchSize: program.batchSize,
      };
      emitKernel(frame);
    });
  }
}

/** Tensors by slot instead of by id, so that equal kernels look equal. */
function renumber(nest: Nest, ids: readonly number[]): Nest {
  const slotOf = new Map(ids.map((id, slot) => [id, slot]));
  const renamed = mapExpressions(nest, (root) =>
    rewrite(root, (scalar) =>
      scalar.kind === 'load' ? { ...scalar, tensor: slotOf.get(scalar.tensor) ?? -1 } : scalar,
    ),
  );
  return {
    ...renamed,
    stores: renamed.stores.map((store) => ({ ...store, tensor: slotOf.get(store.tensor) ?? -1 })),
  };
}

/** A guard that all stores have is one of the whole nest. */
function takeGuard(nest: Nest): Pick<Frame, 'nest' | 'guard'> {
  const [group, ...others] = storesByGuard(nest.stores, (store) => store.guard);
  if (group?.guard === undefined || others.length > 0) return { nest, guard: undefined };
  return {
    nest: { ...nest, stores: nest.stores.map(({ guard: _, ...store }) => store) },
    guard: group.guard,
  };
}

/**
 * Chooses the form: a hash table for a search, the tiled product where it fits, vectors along a row sum, else lanes along the
 * output's vector axis.
 */
function emitKernel(frame: Frame): void {
  const { nest } = frame;
  const [store] = nest.stores;
  const out = store === undefined ? undefined : frame.slots.get(store.tensor)?.tensor;
  if (store === undefined || out === undefined) return;
  const along = out.vectorAxis === undefined ? undefined : shiftedAxis(store.index[out.vectorAxis])?.axis;
  // Lanes that a guard tells apart, or that have chains of their own, go one by one.
  const start = nest.reduction?.chain?.start;
  const uneven = [...guardsOf(frame), ...(start === undefined ? [] : [start])];
  const vector =
    along !== undefined && uneven.some((scalar) => dependsOnAxis(scalar, along)) ? undefined : along;
  const search = asEqualSearch(nest);
  if (search !== undefined && canSearch(frame, search)) {
    emitEqualSearch(frame, search);
    return;
  }
  const { reduction } = nest;
  if (reduction === undefined) {
    emitMap(frame, vector);
    return;
  }
  if (reduction.scan) {
    emitScan(frame, vector);
    return;
  }
  const product = vector === undefined ? undefined : asContraction(nest, vector);
  if (product !== undefined && canTile(frame, product)) emitContract(frame, product);
  else if (reduction.rule === 'row' || (reduction.kind !== 'sum' && runsAlong(frame, reduction.axis)))
    emitRowReduce(frame);
  else emitColumnReduce(frame, vector);
}

/** Whether some operand's vectors run along the reduced axis. */
function runsAlong(frame: Frame, axis: number): boolean {
  return loadsOf(frame.nest).some((load) => {
    const tensor = frame.slots.get(load.tensor)?.tensor;
    return (
      tensor?.vectorAxis !== undefined &&
      plainAxis(load.index[tensor.vectorAxis]) === axis &&
      tensor.batchAxis !== tensor.vectorAxis
    );
  });
}
