import type { FloatArray } from '../runtime/executor.ts';
import { hasConverged } from './convergence.ts';
import { stopsEarly } from './earlyStopping.ts';
import type { TensorAccess } from './engine.ts';
import type { EpochEvent } from './events.ts';
import { judgeEpoch, type MonitorState } from './monitor.ts';
import type { RunPlan } from './plan.ts';
import { type PlateauState, reduceOnPlateau } from './plateau.ts';
import type { RateSteering } from './rateSteering.ts';
import type { BestEpoch, LoopState } from './runState.ts';
import { readVariables } from './variables.ts';

/** What epochs that are over mean for the run: whether it goes on, with which learning rates, and which was the best. */
export class Guidance {
  readonly #plan: RunPlan;
  readonly #access: TensorAccess<FloatArray>;
  #stopping: MonitorState;
  #best: BestEpoch | undefined;
  #plateau: PlateauState;

  constructor(
    plan: RunPlan,
    access: TensorAccess<FloatArray>,
    { stopping, best, plateau }: Pick<LoopState, 'stopping' | 'best' | 'plateau'>,
  ) {
    this.#plan = plan;
    this.#access = access;
    this.#stopping = stopping;
    this.#best = best;
    this.#plateau = plateau;
  }

  get state(): Pick<LoopState, 'stopping' | 'best' | 'plateau'> {
    return { stopping: this.#stopping, plateau: this.#plateau, ...(this.#best && { best: this.#best }) };
  }

  /** With its weights, if the run is to end with them. */
  get best(): BestEpoch | undefined {
    return this.#best;
  }

  /**
   * Why no further epoch is made, if none is.
   *
   * @param history - of all epochs
   * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
   */
  ending(history: readonly EpochEvent[]): 'early-stopping' | 'converged' | undefined {
    const { earlyStopping, convergence } = this.#plan;
    if (earlyStopping && stopsEarly(earlyStopping, this.#stopping)) return 'early-stopping';
    if (convergence && hasConverged(convergence, history)) return 'converged';
    return undefined;
  }

  /**
   * Judges an epoch whose weights are in the engine.
   *
   * @returns what becomes of the learning rates
   * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
   */
  judge(event: EpochEvent, steering: RateSteering): RateSteering {
    const { earlyStopping, reduceOnPlateau: plateau, variables } = this.#plan;
    if (earlyStopping) {
      const { improved, state } = judgeEpoch('run.earlyStopping', earlyStopping, this.#stopping, event);
      this.#stopping = state;
      if (improved && earlyStopping.restoreBest === true)
        this.#best = { epoch: event, variables: readVariables(this.#access, variables) };
    }
    if (!plateau) return steering;
    const reduced = reduceOnPlateau(plateau, this.#plateau, steering, event);
    this.#plateau = reduced.plateau;
    return reduced.steering;
  }
}
