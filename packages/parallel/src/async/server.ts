import { SharedWords } from '../shared/words.ts';
import type { FreeContext } from './freeContext.ts';
import { GradientQueue, type QueuedGradient } from './gradientQueue.ts';
import { beginStep } from './lockedSteps.ts';
import type { ServerMode } from './mode.ts';
import type { FreeModeDefinition } from './modes.ts';
import { none, rowSlots, workerSlots } from './rowWords.ts';

export const defaultSlots = 2;

/**
 * A parameter server in shared memory (after Dean et al. 2012, "Large Scale Distributed Deep Networks"): workers compute gradients
 * and put them into a queue; one more thread applies them, in the order in which they came. A worker whose places in the
 * queue are taken waits until one has been applied.
 */
export const server: FreeModeDefinition<ServerMode> = {
  helpers: 1,
  slots: ({ slots = defaultSlots }) => slots,
  train: (context, mode) => {
    const { slots = defaultSlots } = mode;
    const { task } = context;
    const queue = new GradientQueue(new SharedWords(task.queue), task.workers, slots);
    if (context.rank < task.workers) compute(context, queue, slots);
    else applyAll(context, queue, mode);
  },
};

function compute(context: FreeContext, queue: GradientQueue, slots: number): void {
  const { rank, words, plan, task } = context;
  const { clock } = workerSlots(rank);
  for (let made = 0; ; made += 1) {
    words.store(clock, made);
    const slot = made % slots;
    if (!context.waitFor(() => queue.isEmpty(rank, slot) || context.isStopping)) return;
    const begun = queue.isEmpty(rank, slot) ? beginStep(context) : undefined;
    if (begun === undefined) break;
    const { unit, read } = begun;
    const programs = context.bound(task.layout.workers[rank]?.sums[slot], task.ordering !== 'free');
    context.run(programs, plan.program(unit), plan.entry(unit), 'compute', unit);
    queue.put(rank, slot, unit, read, words.add(rowSlots.tail, 1));
    context.ring();
    context.control.showProgress(unit + 1, 0);
  }
  words.store(clock, none);
  words.add(rowSlots.producing, -1);
  context.ring();
}

function applyAll(context: FreeContext, queue: GradientQueue, mode: ServerMode): void {
  const { words, task } = context;
  const isReplayed = task.ordering === 'replayed';
  for (let applied = 0; ; applied += 1) {
    let next: QueuedGradient | undefined;
    const isOver = (): boolean =>
      isReplayed
        ? words.load(rowSlots.turn) >= context.ordered
        : words.load(rowSlots.producing) === 0 && queue.find() === undefined;
    const look = (): boolean => {
      // A section that somebody else is in is nobody's turn here: then there is no gradient of its step yet.
      next = isReplayed ? queue.find(context.replayedUnit) : queue.find();
      return next !== undefined || isOver();
    };
    if (!context.waitFor(look) || next === undefined || !context.enter('apply')) return;
    const finite = applyOne(context, next, mode);
    if (!finite) context.diverge(next.unit);
    queue.remove(next);
    context.leave('apply', next.unit);
    context.control.showProgress(applied + 1, 0);
    if (!finite) return;
  }
}

function applyOne(
  context: FreeContext,
  { worker, slot, unit, read }: QueuedGradient,
  { stalenessAware = false }: ServerMode,
): boolean {
  const { words, plan, task } = context;
  const staleness = words.load(rowSlots.version) - read;
  const [program, entry] = [plan.apply(unit), plan.entry(unit)];
  const rates = task.rates.filter((table) => stalenessAware && table.program === program);
  const view = new DataView(task.memory.buffer);
  const before = rates.map(({ address, stride }) => view.getFloat32(address + entry * stride, true));
  const setAll = (factor: number): void => {
    for (const [at, { address, stride }] of rates.entries())
      view.setFloat32(address + entry * stride, (before[at] ?? 0) * factor, true);
  };
  setAll(1 / (1 + staleness));
  const finite = context.run(
    context.bound(task.layout.workers[worker]?.sums[slot]),
    program,
    entry,
    'update',
    unit,
  );
  setAll(1);
  if (finite) {
    words.add(rowSlots.version, 1);
    plan.finish(unit, worker, staleness);
  }
  return finite;
}
