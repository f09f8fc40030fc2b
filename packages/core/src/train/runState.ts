import { LockstepError } from '../errors.ts';
import type { FloatArray } from '../runtime/executor.ts';
import type { RendezvousEvent } from './callback.ts';
import type { TensorAccess } from './engine.ts';
import { type EpochSums, noSteps } from './epochSums.ts';
import type { EpochEvent, ModeDescription } from './events.ts';
import type { MonitorState } from './monitor.ts';
import type { RunPlan } from './plan.ts';
import { noPlateau, type PlateauState } from './plateau.ts';
import { type RateSteering, unsteered } from './rateSteering.ts';
import { readVariables, type Variables, writeVariables } from './variables.ts';

/** The best epoch so far of a run that is to end with its weights. */
export interface BestEpoch {
  readonly epoch: EpochEvent;
  readonly variables: Variables;
}

/** Where the training loop is, at a boundary between two steps. */
export interface LoopState {
  /** That is being made, counted from 0. */
  readonly epoch: number;
  /** Steps of it that are made. All of them if the run was lost, or waits for callbacks, before the epoch is over. */
  readonly step: number;
  /** Steps that the run has made in all. */
  readonly stepsMade: number;
  /** What these steps have come to. */
  readonly sums: EpochSums;
  /** One entry for each whole epoch. */
  readonly history: readonly EpochEvent[];
  readonly stopping: MonitorState;
  readonly best?: BestEpoch;
  readonly plateau: PlateauState;
  /** What has become of the learning rates. */
  readonly steering: RateSteering;
  /** That the last step was made with; NaN before the first. */
  readonly learningRate: number;
  /** What callbacks are to be told; there until they have answered. */
  readonly due?: RendezvousEvent;
}

/**
 * All that a run has come to at a boundary between two steps, as plain data: from here it goes on, in the modes `sync` and `local`
 * bit for bit.
 */
export interface RunState {
  readonly loop: LoopState;
  /** Parameters, running statistics and optimizer state. */
  readonly variables: Variables;
  /** In which it was made; absent if that was not kept. */
  readonly mode?: ModeDescription;
}

/** Where the loop starts. */
export function initialLoopState({ metrics }: RunPlan): LoopState {
  return {
    epoch: 0,
    step: 0,
    stepsMade: 0,
    sums: noSteps(metrics),
    history: [],
    stopping: { waited: 0 },
    plateau: noPlateau,
    steering: unsteered,
    learningRate: Number.NaN,
  };
}

/** Copies the state of a run out of an engine that is between two steps. */
export function captureState(
  { mode, variables }: RunPlan,
  access: TensorAccess<FloatArray>,
  loop: LoopState,
): RunState {
  const history = [...loop.history];
  return { loop: { ...loop, history }, variables: readVariables(access, variables), mode };
}

/** What a user should know who goes on with a run in another mode, or with other options of it. */
export function modeWarning(mode: ModeDescription, before: ModeDescription = mode): readonly string[] {
  const [now, then] = [mode, before].map((description) => JSON.stringify(description));
  if (now === then) return [];
  return [`the run was trained in mode ${then} so far and goes on in ${now}: its bits are those of neither`];
}

/**
 * Copies the state of a run into an engine.
 *
 * @returns where the loop goes on
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION or SHAPE_MISMATCH when it is the state of another run
 */
export function restoreState(
  { start, mode, metrics, variables }: RunPlan,
  access: TensorAccess<FloatArray>,
  state: RunState,
): LoopState {
  const { epoch, step, sums } = state.loop;
  const fits = epoch <= start.epochs && step <= start.stepsPerEpoch && sums.metrics.length === metrics.length;
  if (!fits)
    throw new LockstepError('BAD_OPTION', 'the state is not one of this run', {
      where: { field: 'resume' },
      got: `step ${step} of epoch ${epoch + 1}, with ${sums.metrics.length} metrics`,
      wanted: `up to ${start.stepsPerEpoch} steps in ${start.epochs} epochs, with ${metrics.length} metrics`,
    });
  const planned = new Set(variables.map(({ path }) => path));
  const isOfAnotherMode = modeWarning(mode, state.mode).length > 0;
  for (const path of state.variables.keys())
    if (!planned.has(path))
      throw new LockstepError('UNKNOWN_OPTION', `the run has no variable "${path}"`, {
        where: { field: 'resume' },
        ...(isOfAnotherMode && {
          hint: `The state was made in mode ${JSON.stringify(state.mode)}: go on with it by train of @lockstep/parallel, in any mode.`,
        }),
      });
  writeVariables(access, state.variables);
  return state.loop;
}
