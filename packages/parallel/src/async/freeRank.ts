import type { Command, Outcome } from '../shared/commands.ts';
import { followCommands } from '../threads/followCommands.ts';
import { FreeContext } from './freeContext.ts';
import { type FreeTask, freeCommands, mustEnd } from './freeTask.ts';
import { definitionOf } from './modes.ts';

/** One thread of a mode in which workers make steps without meeting. */
export class FreeRank {
  readonly #context: FreeContext;

  constructor(task: FreeTask) {
    this.#context = new FreeContext(task);
  }

  /** @throws as {@link followCommands} */
  run(): void {
    followCommands(this.#context.control, freeCommands.close, (command) => this.#follow(command));
  }

  /** @returns undefined once the group is aborted */
  #follow({ kind, to, argument }: Command): Outcome | undefined {
    const context = this.#context;
    const { mode } = context.task;
    context.start(to, argument === mustEnd);
    if (kind === freeCommands.train) definitionOf(mode).train(context, mode);
    else this.#makePlain();
    return context.control.isAborted ? undefined : 'done';
  }

  /** Steps that change no weights, or, alone in their row, set them: each whole, by whoever comes first. */
  #makePlain(): void {
    const context = this.#context;
    const { plan } = context;
    const programs = context.bound(undefined);
    while (!context.isStopping) {
      const unit = context.claim();
      if (unit < 0) return;
      context.run(programs, plan.program(unit), unit);
      plan.finish(unit, context.rank, 0);
    }
  }
}
