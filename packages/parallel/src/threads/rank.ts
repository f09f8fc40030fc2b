import { installProducts, openYield, WasmWorker, type WorkerPhase } from '@lockstep/core/rank';
import type { Command, Outcome } from '../shared/commands.ts';
import { requestBits } from '../shared/layout.ts';
import { aborted } from '../shared/machine.ts';
import { RankControl } from '../shared/rankControl.ts';
import { Chaos } from './chaos.ts';
import { commandKinds } from './commandKinds.ts';
import { PhaseClock } from './phaseClock.ts';
import type { RankTask } from './rankTask.ts';
import { StepPlan } from './stepPlan.ts';
import { VariableCopies } from './variableCopies.ts';

/** One thread's part of the work: its share of every phase of every step, and meeting the others in between. */
export class Rank {
  readonly #control: RankControl;
  readonly #programs: readonly (readonly WorkerPhase[])[];
  readonly #plan: StepPlan;
  readonly #copies: VariableCopies;
  readonly #clock: PhaseClock | undefined;
  readonly #chaos: Chaos | undefined;

  constructor({ programs, module, products, memory, ...task }: RankTask) {
    const { rank, size } = programs;
    const worker = new WasmWorker(programs, module, memory, products && installProducts(products, memory));
    this.#control = new RankControl(task.control, {
      rank,
      size,
      after: task.command,
      deadline: task.deadline,
      yieldCore: task.native ? openYield() : undefined,
    });
    this.#programs = programs.programs.map(({ name }) => worker.phases(name));
    this.#plan = new StepPlan(task.plan);
    this.#copies = new VariableCopies(memory, task.copies, task.variables);
    this.#clock = task.timeline && new PhaseClock(task.timeline, task.updating);
    this.#chaos = task.chaos.length > 0 ? new Chaos(task.chaos, rank, task.chaosHappened) : undefined;
  }

  /**
   * Follows the host's commands until it says `close`.
   *
   * @throws what a kernel throws: the group is aborted then, and the host starts another thread for the rank
   */
  run(): void {
    const control = this.#control;
    try {
      for (;;) {
        const command = control.nextCommand();
        if (command?.kind === commandKinds.close) return;
        const outcome = command && this.#follow(command);
        if (outcome === undefined) control.acknowledgeAbort();
        else control.finish(outcome);
      }
    } catch (error) {
      control.fail();
      throw error;
    }
  }

  /** @returns undefined once the group is aborted */
  #follow({ kind, from, to, argument: first }: Command): Outcome | undefined {
    const control = this.#control;
    control.showProgress(first + from, 0);
    if (kind === commandKinds.copyAndRun && !this.#copy(first + from)) return undefined;
    this.#clock?.start();
    for (let at = from; at < to; at += 1) {
      const requests = this.#step(this.#plan.program(at), this.#plan.entry(at), first + at);
      if (requests === diverged) return 'diverged';
      if (requests === aborted) return undefined;
      if (requests === 0) continue;
      control.showProgress(first + at + 1, 0);
      if ((requests & requestBits.save) !== 0 && !this.#copy(first + at + 1)) return undefined;
      if ((requests & requestBits.stop) !== 0) return 'stopped';
    }
    control.showProgress(first + to, 0);
    return 'done';
  }

  /** @returns the requests published at the boundary after the step, or `aborted`, or {@link diverged} */
  #step(program: number, entry: number, step: number): number {
    const control = this.#control;
    const clock = this.#clock;
    const phases = this.#programs[program] ?? [];
    const last = phases.length - 1;
    let requests = 0;
    control.showProgress(step, 0);
    for (let phase = 0; phase <= last; phase += 1) {
      this.#chaos?.at(step, phase);
      // All ranks compute the guard from the same numbers: they leave the step together, without a barrier.
      if (this.#make(phases[phase], entry) !== 0) return diverged;
      clock?.computed(program, step, phase);
      // Nobody to wait for: 100 ns that a step of a microsecond would feel.
      if (phase < last && control.size === 1) continue;
      requests = control.barrier(phase === last);
      clock?.waited(step, phase);
      if (requests === aborted) return aborted;
    }
    return requests;
  }

  /** Makes this rank's own pieces of a phase, and then others that nobody has taken; answers 1 if the guard stopped it. */
  #make(phase: WorkerPhase | undefined, entry: number): number {
    if (phase === undefined || phase.own(entry) !== 0) return 1;
    if (phase.sharedPieces === 0) return 0;
    const control = this.#control;
    control.enterPhase(phase.sharedPieces);
    for (let piece = control.takePiece(); piece >= 0; piece = control.takePiece()) phase.shared(piece, entry);
    return 0;
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

/** No union of requests, and not `aborted`. */
const diverged = -1000;
