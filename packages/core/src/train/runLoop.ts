import type { FloatArray } from '../runtime/executor.ts';
import { type CallbackAnswer, isCallbackDue } from './callback.ts';
import { judgeEpoch, type StoppingState, stopsEarly } from './earlyStopping.ts';
import type { Engine } from './engine.ts';
import { addSteps, type EpochSums, noSteps, readScalar } from './epochSums.ts';
import { runEvaluation } from './evaluate.ts';
import type { DoneEvent, EpochEvent, StopReason, TrainingListener } from './events.ts';
import { lossOutput } from './graphs.ts';
import { areMeans, type MetricResults, type MetricTotals, meansOf } from './metricTotals.ts';
import type { OptimizerValues } from './optimizerValues.ts';
import { engineSteps, type PassStep, wholeSteps } from './pass.ts';
import { initialProgram, type RunPlan } from './plan.ts';
import { RunControl } from './runControl.ts';
import {
  type BestEpoch,
  captureState,
  initialLoopState,
  type LoopState,
  type RunState,
  restoreState,
} from './runState.ts';
import { StepTables, writeConstantTables } from './stepTables.ts';
import { readVariables, writeVariables } from './variables.ts';
import { weightsHash } from './weightsHash.ts';

/** What the loop asks of whoever knows the run and its closures. All arguments and answers are plain data. */
export interface LoopHooks {
  /** Called with every event, in order. */
  readonly emit: TrainingListener;
  /** The optimizer's values from an epoch (counted from 0) on for which the plan has none. */
  tabulate(epoch: number): OptimizerValues | Promise<OptimizerValues>;
  /** What sums over the rows come to, if one of the metrics is more than a mean. */
  finishMetrics(totals: readonly MetricTotals[]): MetricResults | Promise<MetricResults>;
  /** Called after epochs that a callback asked for; the loop waits, and the weights stay as they are meanwhile. */
  onEpoch?(event: EpochEvent): Promise<CallbackAnswer>;
}

export interface LoopOptions extends LoopHooks {
  /** What is asked of the run while it goes on. */
  readonly control?: RunControl;
  /** Goes on from here, not from the start. */
  readonly resume?: RunState;
  /** That the run has taken before the loop. */
  readonly secondsBefore?: number;
}

/** The step whose loss was not finite; the variables are those before it. */
export interface DivergedStep {
  /** Counted from 0. */
  readonly epoch: number;
  /** Which step of the epoch. */
  readonly step: number;
  readonly loss: number;
}

/** How a run ended, as plain data. */
export type LoopOutcome =
  | {
      readonly kind: 'ended';
      readonly done: Omit<DoneEvent, 'type'>;
      /** One entry for each whole epoch. */
      readonly history: readonly EpochEvent[];
    }
  | { readonly kind: 'diverged'; readonly at: DivergedStep };

/** Rows of training steps, and the time they took. */
class Meter {
  #rows = 0;
  #seconds = 0;

  add(rows: number, seconds: number): void {
    this.#rows += rows;
    this.#seconds += seconds;
  }

  /** Rows a second, with those under way. */
  rate(rows = 0, seconds = 0): number {
    return (this.#rows + rows) / (this.#seconds + seconds);
  }
}

function rowsOf(steps: readonly PassStep[]): number {
  return steps.reduce((total, { rows }) => total + rows, 0);
}

class Loop {
  readonly #plan: RunPlan;
  readonly #engine: Engine<FloatArray>;
  readonly #hooks: LoopHooks;
  readonly #control: RunControl;
  readonly #tables: StepTables;
  #optimizerValues: OptimizerValues;
  #epoch: number;
  #step: number;
  #sums: EpochSums;
  readonly #history: EpochEvent[];
  #stopping: StoppingState;
  #best: BestEpoch | undefined;
  readonly #meter = new Meter();
  #epochMeter = new Meter();

  constructor(
    plan: RunPlan,
    engine: Engine<FloatArray>,
    hooks: LoopHooks,
    control: RunControl,
    from: LoopState,
  ) {
    this.#plan = plan;
    this.#engine = engine;
    this.#hooks = hooks;
    this.#control = control;
    this.#tables = new StepTables(plan, engine.access);
    this.#optimizerValues = plan.optimizerValues;
    this.#epoch = from.epoch;
    this.#step = from.step;
    this.#sums = from.sums;
    this.#history = [...from.history];
    this.#stopping = from.stopping;
    this.#best = from.best;
  }

  readonly capture = (): RunState =>
    captureState(this.#plan, this.#engine.access, {
      epoch: this.#epoch,
      step: this.#step,
      sums: this.#sums,
      history: this.#history,
      stopping: this.#stopping,
      ...(this.#best && { best: this.#best }),
    });

  async run(): Promise<StopReason | DivergedStep> {
    const { start, lastStep, earlyStopping } = this.#plan;
    for (;;) {
      if (earlyStopping && stopsEarly(earlyStopping, this.#stopping)) return 'early-stopping';
      if (this.#epoch >= start.epochs) return 'finished';
      if (this.#stepsMade() >= lastStep) return 'max-steps';
      this.#epochMeter = new Meter();
      const ended = (await this.#train()) ?? (await this.#finishEpoch());
      if (ended !== undefined) return ended;
    }
  }

  /** Makes the rest of the epoch's steps. */
  async #train(): Promise<'aborted' | 'max-steps' | DivergedStep | undefined> {
    const { training, metrics, lastStep } = this.#plan;
    const { access } = this.#engine;
    await this.#writeTables();
    const end = Math.min(training.steps.length, this.#step + lastStep - this.#stepsMade());
    while (this.#step < end) {
      if ((await this.#control.answer(this.capture)) === 'stop') return 'aborted';
      const rest = training.steps.slice(this.#step, end);
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      const result = await this.#engine.runSteps(engineSteps(rest), {
        signal: this.#control.signal,
        onProgress: (count) => this.#tellProgress(rest.slice(0, wholeSteps(rest, count)), seconds()),
      });
      // A step that was stopped between its parts is started again: they overwrite what they have left.
      const made = wholeSteps(rest, result.made);
      const steps = rest.slice(0, made);
      for (const meter of [this.#meter, this.#epochMeter]) meter.add(rowsOf(steps), seconds());
      this.#sums = addSteps(this.#sums, access, steps, metrics);
      this.#step += made;
      const diverged = result.outcome === 'diverged' ? rest[made] : undefined;
      if (diverged)
        return { epoch: this.#epoch, step: this.#step, loss: readScalar(access, diverged, lossOutput) };
    }
    return end < training.steps.length ? 'max-steps' : undefined;
  }

  async #writeTables(): Promise<void> {
    const { firstEpoch, epochs } = this.#optimizerValues;
    if (this.#epoch < firstEpoch || this.#epoch >= firstEpoch + epochs)
      this.#optimizerValues = await this.#hooks.tabulate(this.#epoch);
    this.#tables.write(this.#epoch, this.#optimizerValues);
  }

  /** @param steps - made of the row under way */
  #tellProgress(steps: readonly PassStep[], seconds: number): void {
    const { lastStep } = this.#plan;
    const newest = steps.at(-1);
    if (!newest) return;
    this.#hooks.emit({
      type: 'step',
      epoch: this.#epoch + 1,
      step: this.#stepsMade() + steps.length,
      totalSteps: lastStep,
      loss: readScalar(this.#engine.access, newest, lossOutput),
      samplesPerSecond: this.#epochMeter.rate(rowsOf(steps), seconds),
    });
  }

  #stepsMade(): number {
    return this.#epoch * this.#plan.start.stepsPerEpoch + this.#step;
  }

  /** Validation, early stopping and callbacks. */
  async #finishEpoch(): Promise<'callback' | undefined> {
    const { start, validation, metrics, earlyStopping, callbackPeriods } = this.#plan;
    const judged = validation && (await runEvaluation(this.#engine, validation, metrics));
    const judgedMetrics = judged && (await this.#finishMetrics(judged.metrics));
    const event: EpochEvent = {
      type: 'epoch',
      epoch: this.#epoch + 1,
      epochs: start.epochs,
      step: this.#stepsMade(),
      loss: this.#sums.loss / this.#sums.rows,
      ...(await this.#finishMetrics(this.#sums.metrics)),
      ...(judged && { valLoss: judged.loss }),
      ...(judgedMetrics && { valMetrics: judgedMetrics.metrics }),
      ...(judgedMetrics?.tables && { valTables: judgedMetrics.tables }),
      samplesPerSecond: this.#epochMeter.rate(),
    };
    this.#epoch += 1;
    this.#step = 0;
    this.#sums = noSteps(metrics);
    this.#history.push(event);
    this.#hooks.emit(event);
    if (earlyStopping) {
      const { improved, state } = judgeEpoch(earlyStopping, this.#stopping, event);
      this.#stopping = state;
      if (improved && earlyStopping.restoreBest === true)
        this.#best = { epoch: event, variables: readVariables(this.#engine.access, this.#plan.variables) };
    }
    if (!isCallbackDue(callbackPeriods, event.epoch)) return undefined;
    const answer = await this.#control.atBoundary(this.capture, async () => this.#hooks.onEpoch?.(event));
    return answer === 'stop' ? 'callback' : undefined;
  }

  async #finishMetrics(totals: readonly MetricTotals[]): Promise<MetricResults> {
    const { metrics } = this.#plan;
    return areMeans(metrics) ? meansOf(metrics, totals) : await this.#hooks.finishMetrics(totals);
  }

  /** Restores the best weights if the run is to end with them, and sums up. */
  async finish(reason: StopReason, seconds: number): Promise<Extract<LoopOutcome, { kind: 'ended' }>> {
    const { variables } = this.#plan;
    const { access } = this.#engine;
    if (this.#best) writeVariables(access, this.#best.variables);
    const last: Pick<EpochEvent, 'loss' | 'metrics'> & Partial<EpochEvent> = this.#best?.epoch ??
      this.#history.at(-1) ?? {
        loss: this.#sums.loss / this.#sums.rows,
        ...(await this.#finishMetrics(this.#sums.metrics)),
      };
    const { loss, metrics, tables, valLoss, valMetrics, valTables } = last;
    return {
      kind: 'ended',
      done: {
        reason,
        epochs: this.#history.length,
        steps: this.#stepsMade(),
        loss,
        metrics,
        ...(tables && { tables }),
        ...(valLoss === undefined ? {} : { valLoss }),
        ...(valMetrics && { valMetrics }),
        ...(valTables && { valTables }),
        weightsHash: weightsHash(readVariables(access, variables).values()),
        samplesPerSecond: this.#meter.rate(),
        wallSeconds: seconds,
      },
      history: this.#history,
    };
  }
}

/**
 * Trains: the one loop of every run, wherever it is and whoever computes. It is decided by the plan alone, which
 * is plain data, so it can be made in a thread of its own.
 *
 * @param engine - of the run's sources, with the data in place
 * @returns how it ended; the variables are those that it ended with
 * @throws what the engine and the hooks throw; LockstepError when `resume` is the state of another run, UNKNOWN_OPTION
 * when early stopping monitors what there is not
 */
export async function runLoop(
  plan: RunPlan,
  engine: Engine<FloatArray>,
  options: LoopOptions,
): Promise<LoopOutcome> {
  const started = performance.now();
  const { control = new RunControl(), resume, secondsBefore = 0, emit } = options;
  try {
    writeConstantTables(plan, engine.access);
    let from = initialLoopState(plan);
    if (resume) from = restoreState(plan, engine.access, resume);
    else await engine.runSteps([{ program: initialProgram, entry: 0 }]);
    emit({ type: 'start', ...plan.start, workers: engine.workers });
    const loop = new Loop(plan, engine, options, control, from);
    const end = await loop.run();
    if (typeof end === 'object') return { kind: 'diverged', at: end };
    control.finish(loop.capture);
    const outcome = await loop.finish(end, secondsBefore + (performance.now() - started) / 1000);
    emit({ type: 'done', ...outcome.done });
    return outcome;
  } finally {
    control.finish();
  }
}
