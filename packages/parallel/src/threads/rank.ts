import {
  installProducts,
  openYield,
  WasmWorker,
  type WorkerPhase,
  type WorkerPrograms,
} from '@lockstep/core/rank';
import { localBases } from '../async/localLayout.ts';
import { LocalRounds } from '../async/localRounds.ts';
import type { Command, Outcome } from '../shared/commands.ts';
import { requestBits } from '../shared/layout.ts';
import { aborted } from '../shared/machine.ts';
import { RankControl } from '../shared/rankControl.ts';
import { Chaos } from './chaos.ts';
import { commandKinds } from './commandKinds.ts';
import { followCommands } from './followCommands.ts';
import { PhaseClock } from './phaseClock.ts';
import type { RankTask } from './rankTask.ts';
import { SharedSteps } from './sharedSteps.ts';
import { slownessOf } from './slowness.ts';
import { diverged, type StepMaker } from './stepMaker.ts';
import { StepPlan } from './stepPlan.ts';
import { VariableCopies } from './variableCopies.ts';

/** One thread's part of the work: follows the host's commands, and copies its share of the variables at boundaries. */
export class Rank {
  readonly #control: RankControl;
  readonly #steps: StepMaker;
  readonly #copies: VariableCopies;
  readonly #clock: PhaseClock | undefined;
  readonly #chaos: Chaos | undefined;

  constructor({ programs, module, products, memory, local, ...task }: RankTask) {
    const { rank, size } = programs;
    this.#control = new RankControl(task.control, {
      rank,
      size,
      after: task.command,
      deadline: task.deadline,
      yieldCore: task.native ? openYield() : undefined,
    });
    this.#copies = new VariableCopies(memory, task.copies, task.variables);
    this.#clock = task.timeline && new PhaseClock(task.timeline, task.updating);
    this.#chaos = task.chaos.length > 0 ? new Chaos(task.chaos, rank, task.chaosHappened) : undefined;
    const product = products && installProducts(products, memory);
    const phasesOf = (view: WorkerPrograms): readonly (readonly WorkerPhase[])[] => {
      const worker = new WasmWorker(view, module, memory, product);
      return view.programs.map(({ name }) => worker.phases(name));
    };
    const parts = {
      plan: new StepPlan(task.plan),
      control: this.#control,
      clock: this.#clock,
      chaos: this.#chaos,
      slowness: slownessOf(task.slow, rank),
    };
    this.#steps =
      local === undefined
        ? new SharedSteps({ ...parts, programs: phasesOf(programs) })
        : new LocalRounds({
            ...parts,
            local,
            memory,
            programsOf: (replica) =>
              phasesOf({ ...programs, rank: 0, size: 1, bases: localBases(local.layout, rank, replica) }),
          });
  }

  /** @throws as {@link followCommands} */
  run(): void {
    followCommands(this.#control, commandKinds.close, (command) => this.#follow(command));
  }

  /** @returns undefined once the group is aborted */
  #follow({ kind, from, to, argument: first }: Command): Outcome | undefined {
    const control = this.#control;
    control.showProgress(first + from, 0);
    if (kind === commandKinds.copyAndRun && !this.#copy(first + from)) return undefined;
    this.#clock?.start();
    const steps = this.#steps;
    for (let at = from; at < to; at = steps.at) {
      const requests = steps.make(at, to, first);
      if (requests === aborted) return undefined;
      if (requests === 0) continue;
      control.showProgress(first + steps.at, 0);
      if (requests === diverged) return 'diverged';
      if ((requests & requestBits.save) !== 0 && !this.#copy(first + steps.at)) return undefined;
      if ((requests & requestBits.stop) !== 0) return 'stopped';
    }
    control.showProgress(first + to, 0);
    return 'done';
  }

  /**
   * Copies the variables, this rank its share. The first barrier comes before the copy counts, so it is whole. The second
   * comes after it counts, and before any rank's next step: until it counts, what it is a copy of is untouched.
   *
   * @returns whether the group is not aborted
   */
  #copy(position: number): boolean {
    const control = this.#control;
    this.#chaos?.at(position, 'copy');
    this.#copies.take(control.nextCopyBuffer, control.rank, control.size);
    if (control.barrier(false) === aborted) return false;
    if (control.rank === 0) control.recordCopy(position);
    return control.barrier(false) !== aborted;
  }
}
