import type { Dataset } from '../data/dataset.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { type CompiledRun, compileRun } from './compileRun.ts';
import type { Run } from './defineRun.ts';
import { earlyStopping, type Verdict } from './earlyStopping.ts';
import { type ComputeOptions, type Evaluation, evaluate, runEvaluation } from './evaluate.ts';
import type { DoneEvent, EpochEvent, StartEvent, StopReason, TrainingListener } from './events.ts';
import { defaultExecutor, executors } from './executors.ts';
import { type Group, soloGroup } from './group.ts';
import { Pace } from './pace.ts';
import { type Prediction, predict } from './predict.ts';
import { type EpochResult, runEpoch } from './runEpoch.ts';
import { StepTables } from './stepTables.ts';
import { readVariables, type Variables, writeVariables } from './variables.ts';
import { weightsHash } from './weightsHash.ts';

export interface FitOptions extends ComputeOptions {
  /** Called with every event, in order. */
  readonly onEvent?: TrainingListener;
  /** Once aborted, the run ends at the next step boundary, as if it had been that long. */
  readonly signal?: AbortSignal;
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

function startFields({ run, training, variables }: CompiledRun, workers: number): Omit<StartEvent, 'type'> {
  const trained = [...variables.values()].filter(({ attributes }) => attributes.trainable);
  return {
    name: run.name,
    workers,
    mode: 'sync',
    numerics: run.numerics,
    parameters: trained.reduce((total, { shape }) => total + sizeOf(shape), 0),
    lanes: run.lanes,
    seed: run.seed,
    epochs: run.epochs,
    batchSize: run.batchSize,
    stepsPerEpoch: training.steps.length,
    rows: run.train.rows,
    validationRows: run.validation?.rows ?? 0,
  };
}

/** The loop of a run: epochs, validation, callbacks, and when to stop. */
class Fitting {
  readonly history: EpochEvent[] = [];
  readonly #compiled: CompiledRun;
  readonly #tables: StepTables;
  readonly #group: Group;
  readonly #emit: TrainingListener;
  readonly #pace = new Pace();
  readonly #judge: ((epoch: EpochEvent) => Verdict) | undefined;
  #best: { readonly epoch: EpochEvent; readonly variables: Variables } | undefined;
  #unfinished: EpochResult | undefined;
  /** Of all training steps. */
  #steps = 0;
  #rows = 0;
  #seconds = 0;

  constructor(compiled: CompiledRun, group: Group, emit: TrainingListener) {
    this.#compiled = compiled;
    this.#tables = new StepTables(compiled);
    this.#group = group;
    this.#emit = emit;
    const { earlyStopping: options } = compiled.run;
    this.#judge = options && earlyStopping(options);
  }

  async run(): Promise<StopReason> {
    const { epochs } = this.#compiled.run;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const result = await this.#train(epoch);
      if (result.stopped) {
        this.#unfinished = result;
        return 'aborted';
      }
      const reason = await this.#finishEpoch(epoch, result);
      if (reason !== undefined) return reason;
    }
    return 'finished';
  }

  async #train(epoch: number): Promise<EpochResult> {
    const { run, training } = this.#compiled;
    const before = this.#steps;
    const result = await runEpoch(
      this.#compiled,
      this.#tables,
      this.#group,
      epoch,
      this.#pace,
      ({ steps, rows, seconds, newestLoss }) =>
        this.#emit({
          type: 'step',
          epoch: epoch + 1,
          step: before + steps,
          totalSteps: run.epochs * training.steps.length,
          loss: newestLoss,
          samplesPerSecond: rows / seconds,
        }),
    );
    this.#steps += result.steps;
    this.#rows += result.rows;
    this.#seconds += result.seconds;
    return result;
  }

  async #finishEpoch(epoch: number, result: EpochResult): Promise<StopReason | undefined> {
    const { run, executor, validation } = this.#compiled;
    const judged = validation && (await runEvaluation(executor, validation, run.task, this.#pace));
    const event: EpochEvent = {
      type: 'epoch',
      epoch: epoch + 1,
      epochs: run.epochs,
      step: this.#steps,
      loss: result.loss,
      metrics: result.metrics,
      ...(judged && { valLoss: judged.loss, valMetrics: judged.metrics }),
      samplesPerSecond: result.rows / result.seconds,
    };
    this.history.push(event);
    this.#emit(event);
    const verdict = this.#judge?.(event);
    if (verdict?.improved === true && run.earlyStopping?.restoreBest === true)
      this.#best = { epoch: event, variables: this.variables() };
    if (await this.#callBack(event)) return 'callback';
    return verdict?.stop === true ? 'early-stopping' : undefined;
  }

  async #callBack(event: EpochEvent): Promise<boolean> {
    let stop = false;
    for (const { every = 1, onEpoch } of this.#compiled.run.callbacks)
      if (event.epoch % every === 0 && (await onEpoch(event, () => this.variables())) === 'stop') stop = true;
    return stop;
  }

  variables(): Variables {
    return readVariables(this.#compiled.executor, this.#compiled.variables);
  }

  /** Restores the best weights if the run is to end with them, and sums up. */
  finish(reason: StopReason, started: number): Omit<DoneEvent, 'type'> {
    if (this.#best) writeVariables(this.#compiled.executor, this.#best.variables);
    const { loss, metrics, valLoss, valMetrics }: Partial<EpochEvent> & Evaluation = this.#best?.epoch ??
      this.history.at(-1) ??
      this.#unfinished ?? { loss: Number.NaN, metrics: {} };
    return {
      reason,
      epochs: this.history.length,
      steps: this.#steps,
      loss,
      metrics,
      ...(valLoss === undefined ? {} : { valLoss }),
      ...(valMetrics === undefined ? {} : { valMetrics }),
      weightsHash: weightsHash(this.variables().values()),
      samplesPerSecond: this.#rows / this.#seconds,
      wallSeconds: (performance.now() - started) / 1000,
    };
  }
}

/**
 * Trains a run in this thread. Everything is decided by the run: the same run gives the same bits, whatever executes it.
 *
 * @throws LockstepError DIVERGED when the loss of a mini-batch is not finite, with the step and, if it can be found, the
 * op; MEMORY_LIMIT; what callbacks throw
 */
export async function fit(run: Run, options: FitOptions = {}): Promise<FitResult> {
  const started = performance.now();
  const { onEvent: emit = () => {}, signal, workers = 1, executor = defaultExecutor } = options;
  const compiled = compileRun(run, executors[executor], workers);
  emit({ type: 'start', ...startFields(compiled, workers) });
  const fitting = new Fitting(compiled, soloGroup(signal), emit);
  const done = fitting.finish(await fitting.run(), started);
  emit({ type: 'done', ...done });
  const variables = fitting.variables();
  return {
    ...done,
    history: fitting.history,
    variables,
    evaluate: (data) => evaluate(run, variables, data, { executor, workers }),
    predict: (data) => predict(run, variables, data, { executor, workers }),
  };
}
