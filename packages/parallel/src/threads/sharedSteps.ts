import type { WorkerPhase } from '@lockstep/core/rank';
import { aborted } from '../shared/machine.ts';
import type { RankControl } from '../shared/rankControl.ts';
import type { Chaos } from './chaos.ts';
import type { PhaseClock } from './phaseClock.ts';
import type { Slowness } from './slowness.ts';
import { diverged, type StepMaker } from './stepMaker.ts';
import type { StepPlan } from './stepPlan.ts';

export interface SharedStepsParts {
  /** Phases of each, as this rank makes them. */
  readonly programs: readonly (readonly WorkerPhase[])[];
  readonly plan: StepPlan;
  readonly control: RankControl;
  readonly clock: PhaseClock | undefined;
  readonly chaos: Chaos | undefined;
  readonly slowness: Slowness | undefined;
}

/** Every step is made by all ranks: each its share of every phase, with a barrier after it. */
export class SharedSteps implements StepMaker {
  at = 0;
  readonly #programs: readonly (readonly WorkerPhase[])[];
  readonly #plan: StepPlan;
  readonly #control: RankControl;
  readonly #clock: PhaseClock | undefined;
  readonly #chaos: Chaos | undefined;
  readonly #slowness: Slowness | undefined;

  constructor({ programs, plan, control, clock, chaos, slowness }: SharedStepsParts) {
    this.#programs = programs;
    this.#plan = plan;
    this.#control = control;
    this.#clock = clock;
    this.#chaos = chaos;
    this.#slowness = slowness;
  }

  make(from: number, _to: number, first: number): number {
    const control = this.#control;
    const clock = this.#clock;
    const step = first + from;
    const program = this.#plan.program(from);
    const entry = this.#plan.entry(from);
    const phases = this.#programs[program] ?? [];
    const last = phases.length - 1;
    let requests = 0;
    this.at = from;
    control.showProgress(step, 0);
    for (let phase = 0; phase <= last; phase += 1) {
      this.#chaos?.at(step, phase);
      // All ranks compute the guard from the same numbers: they leave the step together, without a barrier.
      const begun = this.#slowness && performance.now();
      if (this.#make(phases[phase], entry) !== 0) return diverged;
      if (begun !== undefined) this.#slowness?.computed(performance.now() - begun);
      clock?.computed(program, step, phase);
      // Nobody to wait for: 100 ns that a step of a microsecond would feel. To show where it is takes 9.
      if (phase < last && control.size === 1) {
        control.showPhase(phase + 1);
        continue;
      }
      requests = control.barrier(phase === last);
      clock?.waited(step, phase);
      if (requests === aborted) return aborted;
    }
    this.at = from + 1;
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
}
