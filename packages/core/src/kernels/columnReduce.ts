import { LockstepError } from '../errors.ts';
import { dependsOnAxis, parallelAxes } from '../nest/analysis.ts';
import type { Local } from './assembler/index.ts';
import { accessesOf, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
import { lanesPerPass, loopNest } from './loops.ts';
import { reduceChain } from './reduceChain.ts';
import { combine, pushIdentity, reduceTree } from './reduceLoops.ts';
import { emitStores } from './storing.ts';
import { openStream } from './stream.ts';
import { laneTree } from './sumTree.ts';

/**
 * Emits a reduction across vectors: lanes run along a parallel axis (or there is none and all lanes do the same), and each
 * lane reduces its own element in order. Bias gradients, batch sums, scatter-add, and every reduction no faster form fits.
 */
export function emitColumnReduce(frame: Frame, vector: number | undefined): void {
  const { f, nest } = frame;
  const { reduction } = nest;
  if (reduction === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} has no reduction`);
  const termRoots = reduction.guard === undefined ? [reduction.term] : [reduction.guard, reduction.term];
  const values = nest.stores.map((store) => store.value);
  // Along a chain the terms are not evenly apart.
  const uneven = new Set(reduction.chain === undefined ? [] : [reduction.axis]);
  const termLoads = new Map(
    accessesOf(termRoots).map((access) => [access, openStream(frame, access, vector, uneven)]),
  );
  const valueLoads = new Map(accessesOf(values).map((access) => [access, openStream(frame, access, vector)]));
  const stores = nest.stores.map((store) => ({ store, stream: openStream(frame, store, vector) }));
  const termStreams = [...termLoads.values()];
  const outer = [...termStreams, ...valueLoads.values(), ...stores.map(({ stream }) => stream)];
  const others = parallelAxes(nest).filter((axis) => axis !== vector);
  const termBody = new VectorBody(frame, termLoads, vector, termRoots);
  const valueBody = new VectorBody(frame, valueLoads, vector, values);
  const halves = vector === undefined || lanesPerPass(frame, vector) === 4 ? 1 : 2;
  const tree = laneTree(reduction, nest.axes[reduction.axis]?.size ?? 0, frame.batchSize, frame.lanes);
  const uniformGuard =
    reduction.guard !== undefined && (vector === undefined || !dependsOnAxis(reduction.guard, vector));

  const addTerm = (accumulators: readonly Local[]): void => {
    const at = { panelAhead: 0, offset: () => 0 };
    const add = (roots: typeof termRoots, guarded: boolean): void => {
      const evaluated = accumulators.map((_, half) =>
        termBody.evaluate(roots, { ...at, half: half === 0 ? 0 : 1 }),
      );
      for (const [half, accumulator] of accumulators.entries()) {
        const locals = evaluated[half]?.values ?? [];
        const [term, guard] = [locals.at(-1), guarded ? locals[0] : undefined];
        if (term === undefined) continue;
        f.get(accumulator).get(term);
        if (guard !== undefined) {
          pushIdentity(frame, reduction.kind);
          f.get(guard).op('v128.bitselect');
        }
        combine(frame, reduction.kind);
        f.set(accumulator);
      }
      for (const entry of evaluated) entry.done();
    };
    if (!uniformGuard) {
      add(termRoots, reduction.guard !== undefined);
      return;
    }
    // All lanes agree: a term that takes no part is skipped, not added as zero.
    const guard = termBody.evaluate(termRoots.slice(0, 1), { ...at, half: 0 });
    const [mask] = guard.values;
    if (mask === undefined) return;
    f.get(mask).op('v128.any_true');
    guard.done();
    f.ifElse(() => add([reduction.term], false));
  };

  loopNest(frame, others, vector, outer, stores[0]?.stream, () => {
    const result =
      reduction.chain === undefined
        ? reduceTree(frame, reduction.axis, tree, termStreams, reduction.kind, halves, addTerm)
        : reduceChain(frame, reduction, reduction.chain, tree, termStreams, halves, addTerm);
    emitStores(frame, valueBody, stores, halves, { panelAhead: 0, offset: () => 0 }, result);
    f.release(...result);
  });
}
