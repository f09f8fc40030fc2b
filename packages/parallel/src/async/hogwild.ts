import type { FreeContext } from './freeContext.ts';
import { makeLocked } from './lockedSteps.ts';
import type { WholeMode } from './mode.ts';
import type { FreeModeDefinition } from './modes.ts';
import { rowSlots } from './rowWords.ts';
import { scatterUpdates } from './scatterUpdates.ts';

/**
 * Hogwild (Niu, Recht, Ré and Wright 2011, "HOGWILD!: A Lock-Free Approach to Parallelizing Stochastic Gradient Descent"): each
 * worker makes whole steps on the shared weights, whatever the others do meanwhile. An element of a tensor is never torn, being 32
 * bits; but a reader may find some elements from before another's update and some from after it, and of two
 * updates of one element at once one may be lost. Sparse gradients touch their rows alone, and seldom meet.
 *
 * Such a row cannot be replayed. Where it is to be, each gradient is computed on a copy of the weights, and applied while nobody reads.
 */
export const hogwild: FreeModeDefinition<WholeMode<'hogwild'>> = {
  helpers: 0,
  slots: () => 1,
  copies: () => false,
  train: (context) => {
    if (context.task.ordering === 'free') race(context);
    else makeLocked(context, {});
  },
};

function race(context: FreeContext): void {
  const { plan, words, rank } = context;
  const programsOf = scatterUpdates(context);
  while (!context.isStopping) {
    const unit = context.claim();
    if (unit < 0) return;
    const read = words.load(rowSlots.version);
    if (!context.run(programsOf(unit), plan.program(unit), unit)) {
      context.diverge(unit);
      return;
    }
    plan.finish(unit, rank, words.add(rowSlots.version, 1) - read);
  }
}
