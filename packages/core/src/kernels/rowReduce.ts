import { panel } from '../compile/layout.ts';
import { LockstepError } from '../errors.ts';
import { parallelAxes } from '../nest/analysis.ts';
import { chunkTerms } from '../nest/nest.ts';
import type { Local } from './assembler/index.ts';
import { accessesOf, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
import { loopNest } from './loops.ts';
import { clear, combine, displaced, pushIdentity } from './reduceLoops.ts';
import { emitStores } from './storing.ts';
import { openStream, type Stream, withSteps } from './stream.ts';

/** Lanes 2, 3, 0, 1 and lanes 1, 0, 3, 2 of a vector, as bytes. */
const swapPairs = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7] as const;
const swapNeighbours = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11] as const;

/**
 * Emits a reduction along a vector: eight partial results, one for each index mod 8, combined as
 * ((p0+p4)+(p2+p6)) + ((p1+p5)+(p3+p7)). Softmax sums, row maxima, norms.
 */
export function emitRowReduce(frame: Frame): void {
  const { f, nest } = frame;
  const { reduction } = nest;
  if (reduction === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} has no reduction`);
  const { axis, kind } = reduction;
  const termRoots = reduction.guard === undefined ? [reduction.term] : [reduction.guard, reduction.term];
  const values = nest.stores.map((store) => store.value);
  const termLoads = new Map(accessesOf(termRoots).map((access) => [access, openStream(frame, access, axis)]));
  const valueLoads = new Map(
    accessesOf(values).map((access) => [access, openStream(frame, access, undefined)]),
  );
  const stores = nest.stores.map((store) => ({ store, stream: openStream(frame, store, undefined) }));
  const termStreams = [...termLoads.values()];
  const outer = [...termStreams, ...valueLoads.values(), ...stores.map(({ stream }) => stream)];
  const termBody = new VectorBody(frame, termLoads, axis, termRoots);
  const valueBody = new VectorBody(frame, valueLoads, undefined, values);
  const size = nest.axes[axis]?.size ?? 0;

  /** Adds one panel to the partial results; of the last one only `terms` lanes take part. */
  const addPanel = (partial: readonly Local[], terms: number): void => {
    const evaluated = partial.map((_, half) =>
      termBody.evaluate(termRoots, { panelAhead: 0, offset: () => 0, half: half === 0 ? 0 : 1 }),
    );
    for (const [half, local] of partial.entries()) {
      const [term, guard] = [
        evaluated[half]?.values.at(-1),
        reduction.guard === undefined ? undefined : evaluated[half]?.values[0],
      ];
      const within = Math.min(4, Math.max(0, terms - 4 * half));
      if (term === undefined || within === 0) continue;
      f.get(local).get(term);
      if (guard !== undefined) {
        pushIdentity(frame, kind);
        f.get(guard).op('v128.bitselect');
      }
      if (within < 4) {
        pushIdentity(frame, kind);
        f.v128Const([0, 1, 2, 3].map((lane) => (lane < within ? -1 : 0))).op('v128.bitselect');
      }
      combine(frame, kind);
      f.set(local);
    }
    for (const entry of evaluated) entry.done();
  };

  const panels = (partial: readonly Local[], from: number, to: number): void => {
    const position = f.local('i32');
    const whole = from + Math.floor((to - from) / panel) * panel;
    frame.positions.set(axis, position);
    const step = (stream: Stream): number => stream.panelStride;
    if (whole > from)
      withSteps(
        frame,
        termStreams,
        step,
        (pass) => f.countedLoop(position, { start: from, end: whole, step: panel }, pass),
        () => addPanel(partial, panel),
      );
    if (whole < to) {
      f.i32Const(whole).set(position);
      displaced(
        frame,
        termStreams,
        (stream) => (stream.panelStride * (whole - from)) / panel,
        () => addPanel(partial, to - whole),
      );
    }
    frame.positions.delete(axis);
    f.release(position);
  };

  loopNest(frame, parallelAxes(nest), undefined, outer, stores[0]?.stream, () => {
    const partial = [f.local('v128'), f.local('v128')];
    clear(frame, kind, partial);
    const chunk = chunkTerms * panel;
    if (kind !== 'sum' || size <= chunk) panels(partial, 0, size);
    else {
      const totals = [f.local('v128'), f.local('v128')];
      clear(frame, kind, totals);
      for (let from = 0; from < size; from += chunk) {
        clear(frame, kind, partial);
        displaced(
          frame,
          termStreams,
          (stream) => (stream.panelStride * from) / panel,
          () => panels(partial, from, Math.min(size, from + chunk)),
        );
        for (const [at, total] of totals.entries())
          f.get(total)
            .get(partial[at] ?? total)
            .op('f32x4.add')
            .set(total);
      }
      for (const [at, total] of totals.entries()) f.get(total).set(partial[at] ?? total);
      f.release(...totals);
    }
    const [low, high] = partial;
    if (low === undefined || high === undefined) return;
    f.get(low).get(high);
    combine(frame, kind);
    f.set(low);
    for (const swap of [swapPairs, swapNeighbours]) {
      f.get(low).get(low).get(low).shuffle(swap);
      combine(frame, kind);
      f.set(low);
    }
    emitStores(frame, valueBody, stores, 1, { panelAhead: 0, offset: () => 0 }, [low]);
    f.release(low, high);
  });
}
