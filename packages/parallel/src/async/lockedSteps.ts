import type { FreeContext } from './freeContext.ts';
import { none, rowSlots, workerSlots } from './rowWords.ts';
import { StepClock } from './stepClock.ts';

export interface LockedOptions {
  /** Steps that a worker may be ahead of the slowest. Default: any number. */
  readonly bound?: number;
}

/**
 * Makes steps of which each update is whole: no two are made at once. The gradient is computed on the shared weights while others
 * may update them, so it can find some elements older than others; where the order is kept, it is computed on a copy
 * that was taken while nobody updated, and then its bits follow from the order alone.
 */
export function makeLocked(context: FreeContext, { bound }: LockedOptions): void {
  const { rank, words, plan, task } = context;
  const { clock: own } = workerSlots(rank);
  const clock = bound === undefined ? undefined : new StepClock(rank, task.workers, bound);
  const [sums = 0] = task.layout.workers[rank]?.sums ?? [];
  const applying = context.bound(sums);
  for (let made = 0; ; made += 1) {
    words.store(own, made);
    context.ring();
    // A row that is replayed has its order from one in which the bound held.
    if (clock && task.ordering !== 'replayed' && !context.awaitClock(clock, made)) return;
    const begun = beginStep(context);
    if (begun === undefined) break;
    const { unit, read } = begun;
    const programs = context.bound(sums, copiesWeights(context));
    context.run(programs, plan.program(unit), unit);
    if (!context.enter('apply')) return;
    const finite = context.run(applying, plan.apply(unit), unit);
    if (finite) plan.finish(unit, rank, words.add(rowSlots.version, 1) - read);
    else context.diverge(unit);
    context.leave('apply', unit);
    if (!finite) break;
  }
  words.store(own, none);
  context.ring();
}

/** A step that a worker has begun, and the updates that the weights had which it reads. */
export interface BegunStep {
  readonly unit: number;
  readonly read: number;
}

/** Whether gradients are computed on copies of the weights. */
export function copiesWeights({ task, rank }: FreeContext): boolean {
  return task.layout.workers[rank]?.snapshot !== 0;
}

/**
 * Takes a step of the row, with a copy of the weights if gradients are computed on one; undefined if there is none to be made.
 * Where the order is kept, nobody updates while they are copied.
 */
export function beginStep(context: FreeContext): BegunStep | undefined {
  const { words, task } = context;
  if (task.ordering === 'free') {
    if (context.isStopping) return undefined;
    const unit = context.claim();
    const read = words.load(rowSlots.version);
    if (unit >= 0 && copiesWeights(context)) copyWeights(context);
    return unit < 0 ? undefined : { unit, read };
  }
  if ((task.ordering === 'recorded' && context.isStopping) || !context.enter('read')) return undefined;
  const unit = task.ordering === 'replayed' ? (context.replayedUnit('read') ?? -1) : context.claim();
  const read = words.load(rowSlots.version);
  if (unit >= 0) copyWeights(context);
  context.leave('read', unit);
  return unit < 0 ? undefined : { unit, read };
}

function copyWeights({ task, rank }: FreeContext): void {
  const { start, length } = task.layout.weights;
  const to = task.layout.workers[rank]?.snapshot ?? 0;
  new Uint8Array(task.memory.buffer).copyWithin(to, start, start + length);
}
