import type { Dataset } from '../data/dataset.ts';
import { answerCallbacks } from './callback.ts';
import type { Run } from './defineRun.ts';
import { divergence } from './divergence.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { DoneEvent, EpochEvent, TrainingListener } from './events.ts';
import type { LoopHooks } from './loopHooks.ts';
import type { LoopOutcome } from './loopOutcome.ts';
import { finishMetrics } from './metricTotals.ts';
import { type ComputeOptions, openEngine } from './openEngine.ts';
import { tabulateOptimizer } from './optimizerValues.ts';
import { type Prediction, predict } from './predict.ts';
import { type PreparedRun, prepareRun } from './prepareRun.ts';
import { RunControl } from './runControl.ts';
import { runLoop } from './runLoop.ts';
import type { RunState } from './runState.ts';
import { readVariables, type Variables } from './variables.ts';

export interface FitOptions extends ComputeOptions {
  /** Called with every event, in order. */
  readonly onEvent?: TrainingListener;
  /** Once aborted, the run ends at the next step boundary, as if it had been that long. */
  readonly signal?: AbortSignal;
  /** Pauses the run, takes its state, or stops it. */
  readonly control?: RunControl;
  /** Goes on from a state of the same run, bit for bit if that was made in mode `sync`. */
  readonly resume?: RunState;
  /**
   * Keeps the state of the run where the run is to be saved (`checkpoint`), or a callback asks for it; the run waits. If the run has
   * `checkpoint`, its last state is saved too, with the event that it ends with.
   */
  readonly onSave?: (state: RunState, done?: DoneEvent) => void | Promise<void>;
}

/** A run that is over. */
export interface FitResult extends Omit<DoneEvent, 'type'> {
  /** One entry for each whole epoch. */
  readonly history: readonly EpochEvent[];
  /** Parameters, running statistics and optimizer state. */
  readonly variables: Variables;
  /** Mean loss and metrics of another data set. */
  evaluate(data: Dataset): Promise<Evaluation>;
  /** The model's outputs for every row of a data set. */
  predict(data: Dataset): Promise<Readonly<Record<string, Prediction>>>;
}

/**
 * What a run's closures answer its loop, which may be in another thread.
 *
 * @param variables - reads the weights as they are when the run waits for an answer
 */
export function answerLoop(
  { run, plan }: PreparedRun,
  variables: () => Promise<Variables>,
): Required<Omit<LoopHooks, 'emit' | 'onSave'>> {
  return {
    tabulate: (epoch, steering) => tabulateOptimizer(run, plan.training.steps.length, epoch, steering),
    finishMetrics: (totals) => finishMetrics(run.task.metrics, totals),
    onRendezvous: async (event) => await answerCallbacks(run.callbacks, event, variables),
  };
}

/**
 * What a run that is over gives its caller.
 *
 * @param variables - that it ended with
 * @param options - what computes later evaluations and predictions
 * @throws LockstepError DIVERGED if that is how it ended, with the op if it can be found
 */
export function fitResult(
  prepared: PreparedRun,
  outcome: LoopOutcome,
  variables: Variables,
  options: ComputeOptions,
): FitResult {
  if (outcome.kind === 'diverged') throw divergence(prepared, variables, outcome.at);
  const { run } = prepared;
  return {
    ...outcome.done,
    history: outcome.history,
    variables,
    evaluate: (data) => evaluate(run, variables, data, options),
    predict: (data) => predict(run, variables, data, options),
  };
}

/**
 * Trains a run. Everything is decided by the run: the same run gives the same bits, whatever computes it.
 *
 * @throws LockstepError DIVERGED when the loss of a mini-batch is not finite, with the step and, if it can be found, the
 * op; MEMORY_LIMIT; what callbacks throw
 */
export async function fit(run: Run, options: FitOptions = {}): Promise<FitResult> {
  const started = performance.now();
  const { onEvent, signal, control = new RunControl(), resume, onSave, ...compute } = options;
  const prepared = prepareRun(run);
  const { plan } = prepared;
  const stop = (): void => control.stop();
  const engine = await openEngine(prepared.sources, compute);
  try {
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop);
    prepared.writeData(engine.access);
    const variables = (): Variables => readVariables(engine.access, plan.variables);
    const outcome = await runLoop(plan, engine, {
      ...answerLoop(prepared, () => Promise.resolve(variables())),
      emit: onEvent ?? (() => {}),
      control,
      ...(resume && { resume }),
      ...(onSave && { onSave }),
      secondsBefore: (performance.now() - started) / 1000,
    });
    return fitResult(prepared, outcome, variables(), compute);
  } finally {
    signal?.removeEventListener('abort', stop);
    await engine.close();
  }
}
