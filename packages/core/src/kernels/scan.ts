import { LockstepError } from '../errors.ts';
import { parallelAxes } from '../nest/analysis.ts';
import { chunkTerms } from '../nest/nest.ts';
import { accessesOf, VectorBody } from './expression.ts';
import type { Frame } from './frame.ts';
import { lanesPerPass, loopNest, loopRange } from './loops.ts';
import { clear } from './reduceLoops.ts';
import { emitStores } from './storing.ts';
import { openStream } from './stream.ts';

/**
 * Emits a sum that is stored at every term. Lanes run along a parallel axis, each with a sum of its own; where vectors run along
 * the axis that is summed over, it goes one element at a time.
 */
export function emitScan(frame: Frame, along: number | undefined): void {
  const { f, nest } = frame;
  const { reduction } = nest;
  if (reduction === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} has no reduction`);
  const { axis, term } = reduction;
  const vector = along === axis ? undefined : along;
  const values = nest.stores.map((store) => store.value);
  const open = (access: Parameters<typeof openStream>[1]): ReturnType<typeof openStream> =>
    openStream(frame, access, vector);
  const termLoads = new Map(accessesOf([term]).map((access) => [access, open(access)]));
  const valueLoads = new Map(accessesOf(values).map((access) => [access, open(access)]));
  const stores = nest.stores.map((store) => ({ store, stream: open(store) }));
  const streams = [...termLoads.values(), ...valueLoads.values(), ...stores.map(({ stream }) => stream)];
  const others = parallelAxes(nest).filter((other) => other !== vector);
  const termBody = new VectorBody(frame, termLoads, vector, [term]);
  const valueBody = new VectorBody(frame, valueLoads, vector, values);
  const halves = vector === undefined || lanesPerPass(frame, vector) === 4 ? 1 : 2;
  const size = nest.axes[axis]?.size ?? 0;
  const at = { panelAhead: 0, offset: () => 0 };
  const accumulators = () => Array.from({ length: halves }, () => f.local('v128'));

  loopNest(frame, others, vector, streams, stores[0]?.stream, () => {
    /** Sum of the whole chunks, sum of the chunk that has begun, and their sum. */
    const [totals, chunks, sums] = [accumulators(), accumulators(), accumulators()];
    clear(frame, 'sum', totals);
    clear(frame, 'sum', chunks);
    loopRange(frame, axis, 0, size, streams, () => {
      const position = frame.positions.get(axis);
      if (size > chunkTerms && position !== undefined)
        f.get(position)
          .i32Const(chunkTerms - 1)
          .op('i32.and')
          .op('i32.eqz')
          .ifElse(() => {
            for (const [half, total] of totals.entries())
              f.get(total)
                .get(chunks[half] ?? total)
                .op('f32x4.add')
                .set(total);
            clear(frame, 'sum', chunks);
          });
      for (const [half, chunk] of chunks.entries()) {
        const evaluated = termBody.evaluate([term], { ...at, half: half === 0 ? 0 : 1 });
        const [value = chunk] = evaluated.values;
        f.get(chunk).get(value).op('f32x4.add').set(chunk);
        evaluated.done();
        const [total, sum] = [totals[half] ?? chunk, sums[half] ?? chunk];
        f.get(total).get(chunk).op('f32x4.add').set(sum);
      }
      emitStores(frame, valueBody, stores, halves, at, sums);
    });
    f.release(...totals, ...chunks, ...sums);
  });
}
