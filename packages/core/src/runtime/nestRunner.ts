import type { Nest, Reduction, Store } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { storesByGuard } from '../nest/storesByGuard.ts';
import type { Evaluate, NestPoint } from './elementAddress.ts';
import type { Precision } from './precision.ts';
import { type BoundTensor, compileScalars, type ScalarContext } from './scalarUnit.ts';
import { type BatchCut, runningSums, sumByRule } from './sums.ts';

export interface NestEnvironment {
  readonly precision: Precision;
  readonly cut: BatchCut;
  tensor(id: number): BoundTensor;
  /** Called before each point of the parallel axes. */
  readonly onPoint?: () => void;
}

/** Indices of one parallel axis to compute; the other axes are computed whole. */
export interface AxisRange {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** Calls back at every term of a scan, with the sum so far. */
function compileScan(
  context: ScalarContext,
  { axis, term }: Reduction,
): (visit: (sum: number) => void) => void {
  const { axes, sizes } = context.point;
  const { round } = context.precision;
  const unit = compileScalars(context, [term], []);
  const value = unit.values[0] ?? (() => 0);
  const addTerm = (sum: number, index: number): number => {
    axes[axis] = index;
    unit.run();
    return round(sum + value());
  };
  return (visit) => runningSums(sizes[axis] ?? 0, { addTerm, round }, visit);
}

function compileReduction(context: ScalarContext, reduction: Reduction, cut: BatchCut): Evaluate {
  const { axes, sizes } = context.point;
  const { axis, kind, rule, guard, lane, chain } = reduction;
  const count = sizes[axis] ?? 0;
  const term = compileScalars(context, [reduction.term], []);
  const valueOfTerm = term.values[0] ?? (() => 0);
  const condition = guard && compileScalars(context, [guard], []);
  const holds = condition?.values[0];
  const start = chain && compileScalars(context, [chain.start], []);
  const next = chain && compileScalars(context, [chain.next], []);
  /** The next term on the chain. */
  let cursor = 0;
  const enterChain = (): void => {
    start?.run();
    cursor = start?.values[0]?.() ?? 0;
  };

  /** Whether the term at an index takes part; it has then been evaluated. */
  const evaluateTerm = (index: number): boolean => {
    if (next && index !== cursor) return false;
    axes[axis] = index;
    if (next) {
      next.run();
      cursor = next.values[0]?.() ?? 0;
    }
    if (condition && holds) {
      condition.run();
      if (holds() === 0) return false;
    }
    term.run();
    return true;
  };
  if (kind === 'sum') {
    const { round } = context.precision;
    const addTerm = (sum: number, index: number): number =>
      evaluateTerm(index) ? round(sum + valueOfTerm()) : sum;
    return () => {
      enterChain();
      return sumByRule(rule, count, cut, { addTerm, round }, lane);
    };
  }
  const [identity, choose] = kind === 'max' ? [-Infinity, Math.max] : [Infinity, Math.min];
  return () => {
    let extreme = identity;
    for (let index = 0; index < count; index++)
      if (evaluateTerm(index)) extreme = choose(extreme, valueOfTerm());
    return extreme;
  };
}

/** Stores that share a guard. */
interface StoreGroup {
  /** Whether the guard holds at the current point; if it does not, the other two do nothing. */
  enter(): boolean;
  compute(): void;
  write(): void;
}

function compileStores(
  context: ScalarContext,
  stores: readonly Store[],
  guard: Scalar | undefined,
): StoreGroup {
  const condition = guard && compileScalars(context, [guard], []);
  const body = compileScalars(
    context,
    stores.map(({ value }) => value),
    stores,
  );
  const targets = stores.map(({ tensor }) => context.tensor(tensor).elements);
  const values = new Float64Array(targets.length);
  const offsets = new Float64Array(targets.length);
  let holds = true;
  return {
    enter: () => {
      if (condition) {
        condition.run();
        holds = condition.values[0]?.() !== 0;
      }
      return holds;
    },
    compute: () => {
      if (!holds) return;
      body.run();
      for (let at = 0; at < targets.length; at++) {
        values[at] = body.values[at]?.() ?? 0;
        offsets[at] = body.offsets[at]?.() ?? 0;
      }
    },
    write: () => {
      if (!holds) return;
      for (let at = 0; at < targets.length; at++) targets[at]?.write(offsets[at] ?? 0, values[at] ?? 0);
    },
  };
}

/**
 * Compiles a nest to a function that computes it, one point after another in row-major order of the parallel axes; at each point
 * everything is loaded before anything is stored.
 *
 * @throws LockstepError GRAPH_INVALID when an index leaves its tensor
 */
export function compileNest(nest: Nest, environment: NestEnvironment): (range?: AxisRange) => void {
  const sizes = nest.axes.map(({ size }) => size);
  const axes = new Int32Array(sizes.length);
  const point: NestPoint = { nest: nest.name, sizes, axes };
  const reduced = new Float64Array(1);
  const context: ScalarContext = {
    point,
    precision: environment.precision,
    reduced,
    tensor: (id) => environment.tensor(id),
  };
  const scan = nest.reduction?.scan ? compileScan(context, nest.reduction) : undefined;
  const reduce = nest.reduction && !scan && compileReduction(context, nest.reduction, environment.cut);
  const groups = storesByGuard(nest.stores, ({ guard }) => guard).map(({ guard, stores }) =>
    compileStores(context, stores, guard),
  );

  const storeSum = (sum: number): void => {
    reduced[0] = sum;
    for (const group of groups) group.enter();
    for (const group of groups) group.compute();
    for (const group of groups) group.write();
  };
  const computePoint = (): void => {
    environment.onPoint?.();
    if (scan) {
      scan(storeSum);
      return;
    }
    let any = false;
    for (const group of groups) any = group.enter() || any;
    if (!any) return;
    if (reduce) reduced[0] = reduce();
    for (const group of groups) group.compute();
    for (const group of groups) group.write();
  };
  const parallel = sizes.map((_, axis) => axis).filter((axis) => axis !== nest.reduction?.axis);
  const loop = (depth: number, range: AxisRange | undefined): void => {
    const axis = parallel[depth];
    if (axis === undefined) {
      computePoint();
      return;
    }
    const limited = range?.axis === axis ? range : undefined;
    const to = limited?.to ?? sizes[axis] ?? 0;
    for (let index = limited?.from ?? 0; index < to; index++) {
      axes[axis] = index;
      loop(depth + 1, range);
    }
  };
  return (range) => loop(0, range);
}
