import type { FloatArray } from '../runtime/executor.ts';
import { hasBeenDue, isCallbackDue, type RendezvousEvent, untilNext } from './callback.ts';
import type { Engine } from './engine.ts';
import { addSteps, type EpochSums, noSteps, readScalar } from './epochSums.ts';
import { runEvaluation } from './evaluate.ts';
import type { EpochEvent, StepEvent, StopReason } from './events.ts';
import { lossOutput } from './graphs.ts';
import { Guidance } from './guidance.ts';
import type { LoopHooks } from './loopHooks.ts';
import { type DivergedStep, judgementOf, type LoopOutcome } from './loopOutcome.ts';
import { mergeStaleness } from './mergeStaleness.ts';
import { Meter } from './meter.ts';
import { areMeans, type MetricResults, type MetricTotals, meansOf } from './metricTotals.ts';
import { engineSteps, measuredStep, type PassStep, stepsOfEpoch, wholeSteps } from './pass.ts';
import type { RunPlan } from './plan.ts';
import { unsteered } from './rateSteering.ts';
import { readNorms } from './readNorms.ts';
import type { RunControl } from './runControl.ts';
import type { RunFeeds } from './runFeeds.ts';
import { runLost } from './runLostError.ts';
import { captureState, type LoopState, type RunState } from './runState.ts';
import { SteeredTables } from './steeredTables.ts';
import { StepsLostError } from './stepsLostError.ts';
import { readVariables, writeVariables } from './variables.ts';
import { weightsHash } from './weightsHash.ts';

function rowsOf(steps: readonly PassStep[]): number {
  return steps.reduce((total, { rows }) => total + rows, 0);
}

/** Milliseconds between two reports of progress where rows of steps are too short for the engine to report. */
const progressTime = 200;

/** A run under way: where it is, what it has seen, and the steps that it makes next. */
export class TrainingLoop {
  readonly #plan: RunPlan;
  readonly #engine: Engine<FloatArray>;
  readonly #hooks: LoopHooks;
  readonly #control: RunControl;
  readonly #feeds: RunFeeds;
  readonly #tables: SteeredTables;
  #epoch: number;
  #step: number;
  #sums: EpochSums;
  readonly #history: EpochEvent[];
  readonly #guidance: Guidance;
  #due: RendezvousEvent | undefined;
  /** Of the last step that is made. */
  #learningRate: number;
  readonly #meter = new Meter();
  #epochMeter = new Meter();
  /** When progress was told of last. */
  #told = 0;

  constructor(
    plan: RunPlan,
    engine: Engine<FloatArray>,
    hooks: LoopHooks,
    control: RunControl,
    feeds: RunFeeds,
    from: LoopState,
  ) {
    this.#plan = plan;
    this.#engine = engine;
    this.#hooks = hooks;
    this.#control = control;
    this.#feeds = feeds;
    this.#tables = new SteeredTables(plan, engine.access, {
      steering: from.steering,
      tabulate: (epoch, steering) => hooks.tabulate(epoch, steering),
    });
    this.#epoch = from.epoch;
    this.#step = from.step;
    this.#sums = from.sums;
    this.#history = [...from.history];
    this.#guidance = new Guidance(plan, engine.access, from);
    this.#due = from.due;
    this.#learningRate = from.learningRate;
  }

  readonly capture = (): RunState =>
    captureState(this.#plan, this.#engine.access, {
      epoch: this.#epoch,
      step: this.#step,
      stepsMade: this.#stepsMade(),
      sums: this.#sums,
      history: this.#history,
      ...this.#guidance.state,
      steering: this.#tables.steering,
      learningRate: this.#learningRate,
      ...(this.#due && { due: this.#due }),
    });

  /** What a run fails with: with its state, if that is whole. */
  failure(error: unknown): unknown {
    return error instanceof StepsLostError ? runLost(error, this.capture(), this.#stepsMade()) : error;
  }

  async run(): Promise<StopReason | DivergedStep> {
    const { start, training, lastStep } = this.#plan;
    if ((await this.#meetCallbacks()) === 'stop') return 'callback';
    for (;;) {
      const isEpochMade = this.#step === training.steps.length;
      const ending = this.#guidance.ending(this.#history);
      if (ending) return ending;
      if (this.#epoch >= start.epochs) return 'finished';
      if (!isEpochMade && this.#stepsMade() >= lastStep) return 'max-steps';
      this.#epochMeter = new Meter();
      const ended = (await this.#train()) ?? (await this.#finishEpoch());
      if (ended !== undefined) return ended;
    }
  }

  /** Makes the rest of the epoch's steps. */
  async #train(): Promise<'aborted' | 'callback' | 'max-steps' | DivergedStep | undefined> {
    const { training, lastStep, callbackPeriods, savePeriods, stepsPerRound } = this.#plan;
    await this.#tables.write(this.#epoch);
    // The steps of a resumed epoch may all be made; nothing has been steered since.
    if (Number.isNaN(this.#learningRate)) this.#learningRate = this.#tables.rateOf(this.#stepsMade());
    const end = Math.min(training.steps.length, this.#step + lastStep - this.#stepsMade());
    const steps = stepsOfEpoch(training, this.#epoch);
    while (this.#step < end) {
      if ((await this.#control.answer(this.capture)) === 'stop') return 'aborted';
      const begun = performance.now();
      const fed = await this.#feeds.training?.ready(this.#epoch, this.#step, this.#control.signal);
      if (this.#feeds.training && fed === undefined) continue;
      const waited = (performance.now() - begun) / 1000;
      const before = this.#stepsMade();
      const untilSaved = Math.ceil(untilNext(savePeriods.steps, before) / stepsPerRound) * stepsPerRound;
      const halt = this.#step + Math.min(untilNext(callbackPeriods.steps, before), untilSaved);
      const rest = steps.slice(this.#step, Math.min(end, halt, fed ?? end));
      const planned = engineSteps(rest);
      await this.#engine.prepare?.(planned, this.#control.signal);
      const started = performance.now();
      const seconds = (): number => waited + (performance.now() - started) / 1000;
      const running = this.#engine.runSteps(planned, {
        signal: this.#control.signal,
        onProgress: (made, waiting) =>
          this.#tellProgress(rest.slice(0, wholeSteps(rest, made)), seconds(), waiting),
      });
      if (this.#epoch + 1 < this.#plan.start.epochs) this.#tables.prepare(this.#epoch + 1);
      const { made, outcome } = await running.catch((error: unknown) => {
        if (error instanceof StepsLostError) this.#count(rest, error.made, seconds());
        throw error;
      });
      const [diverged] = this.#count(rest, made, seconds());
      this.#passed(rest, made);
      if (outcome === 'diverged' && diverged)
        return {
          epoch: this.#epoch,
          step: this.#step,
          loss: readScalar(this.#engine.access, diverged, lossOutput),
          steering: this.#tables.steering,
        };
      if (this.#due) {
        if ((await this.#meetCallbacks()) === 'stop') return 'callback';
        if (this.#step < end) await this.#tables.refresh(this.#epoch);
      }
      if (hasBeenDue(savePeriods.steps, before, this.#stepsMade())) await this.#save();
    }
    return end < training.steps.length ? 'max-steps' : undefined;
  }

  /**
   * Counts steps as made, and sees whether callbacks are to be told.
   *
   * @param rest - of the epoch, up to where callbacks may have to be told
   * @param made - by the engine. A step that was left between its parts is started again: they overwrite what they have
   * left
   * @returns those that are yet to be made
   */
  #count(rest: readonly PassStep[], made: number, seconds: number): readonly PassStep[] {
    const { metrics, callbackPeriods } = this.#plan;
    const steps = rest.slice(0, wholeSteps(rest, made));
    for (const meter of [this.#meter, this.#epochMeter]) meter.add(rowsOf(steps), seconds);
    this.#sums = addSteps(this.#sums, this.#engine, steps, metrics);
    this.#tellNorms(steps.length);
    this.#step += steps.length;
    const newest = steps.at(-1);
    if (newest) this.#learningRate = this.#tables.rateOf(this.#stepsMade());
    if (newest && isCallbackDue(callbackPeriods.steps, this.#stepsMade()))
      this.#due = this.#progress(newest, this.#stepsMade());
    return rest.slice(steps.length);
  }

  /** @param count - steps that are made, from where the loop is */
  #tellNorms(count: number): void {
    const { training, variables } = this.#plan;
    const { at, step } = measuredStep(training, this.#epoch) ?? {};
    if (at === undefined || step === undefined || at < this.#step || at >= this.#step + count) return;
    this.#hooks.emit({
      type: 'norms',
      epoch: this.#epoch + 1,
      step: this.#stepsMade() + at + 1 - this.#step,
      ...readNorms(this.#engine.access, step, variables),
    });
  }

  /** Steps are made: their data may be overwritten, and the run is seen to go on. */
  #passed(rest: readonly PassStep[], made: number): void {
    const { training } = this.#feeds;
    if (training === undefined) return;
    training.passed(this.#epoch, this.#step);
    const newest = rest[wholeSteps(rest, made) - 1];
    if (newest === undefined || performance.now() - this.#told < progressTime) return;
    this.#tell(this.#progress(newest, this.#stepsMade()));
  }

  #tell(progress: StepEvent): void {
    this.#told = performance.now();
    this.#hooks.emit(progress);
  }

  /** Tells callbacks what they are to be told, and does what they ask. */
  async #meetCallbacks(): Promise<'stop' | undefined> {
    const { emit, onRendezvous } = this.#hooks;
    const due = this.#due;
    if (!due) return undefined;
    const commands = await this.#control.atBoundary(this.capture, async () => await onRendezvous?.(due));
    this.#due = undefined;
    const { setLearningRate: learningRate, save, stop } = commands ?? {};
    if (learningRate !== undefined) this.#tables.steering = { ...unsteered, learningRate };
    if (save === true && !(await this.#save()))
      emit({ type: 'warning', message: 'a callback asked to save the run, but nothing keeps it (onSave)' });
    return stop === true ? 'stop' : undefined;
  }

  /** Hands the state over to whoever keeps it; whether anybody does. */
  async #save(): Promise<boolean> {
    await this.#hooks.onSave?.(this.capture());
    return this.#hooks.onSave !== undefined;
  }

  /** @param steps - made of the row under way */
  #tellProgress(steps: readonly PassStep[], seconds: number, waiting: number | undefined): void {
    const newest = steps.at(-1);
    if (!newest) return;
    const progress = this.#progress(newest, this.#stepsMade() + steps.length, rowsOf(steps), seconds);
    this.#tell({ ...progress, ...(waiting !== undefined && { waiting }) });
  }

  /**
   * @param newest - step that is made
   * @param step - its number in the run
   */
  #progress(newest: PassStep, step: number, rows = 0, seconds = 0): StepEvent {
    return {
      type: 'step',
      epoch: this.#epoch + 1,
      step,
      totalSteps: this.#plan.lastStep,
      loss: readScalar(this.#engine.access, newest, lossOutput),
      learningRate: this.#tables.rateOf(step),
      samplesPerSecond: this.#epochMeter.rate(rows, seconds),
    };
  }

  #stepsMade(): number {
    return this.#epoch * this.#plan.start.stepsPerEpoch + this.#step;
  }

  /** Validation, what follows from it, and callbacks. */
  async #finishEpoch(): Promise<'callback' | undefined> {
    const { start, validation, metrics, callbackPeriods, savePeriods } = this.#plan;
    const waitingForData = this.#feeds.training?.takeWaited();
    const { staleness } = this.#sums;
    const fed = { feed: this.#feeds.validation, epoch: this.#epoch };
    const judged = validation && (await runEvaluation(this.#engine, validation, metrics, fed));
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
      learningRate: this.#learningRate,
      samplesPerSecond: this.#epochMeter.rate(),
      ...(waitingForData === undefined ? {} : { waitingForData }),
      ...(staleness && { staleness }),
    };
    this.#epoch += 1;
    this.#step = 0;
    this.#sums = noSteps(metrics);
    this.#history.push(event);
    this.#hooks.emit(event);
    this.#tables.steering = this.#guidance.judge(event, this.#tables.steering);
    if (isCallbackDue(callbackPeriods.epochs, event.epoch)) this.#due = event;
    if ((await this.#meetCallbacks()) === 'stop') return 'callback';
    if (isCallbackDue(savePeriods.epochs, event.epoch)) await this.#save();
    return undefined;
  }

  async #finishMetrics(totals: readonly MetricTotals[]): Promise<MetricResults> {
    const { metrics } = this.#plan;
    return areMeans(metrics) ? meansOf(metrics, totals) : await this.#hooks.finishMetrics(totals);
  }

  /** Restores the best weights if the run is to end with them, and sums up. */
  async finish(reason: StopReason, seconds: number): Promise<Extract<LoopOutcome, { kind: 'ended' }>> {
    const { variables } = this.#plan;
    const { access } = this.#engine;
    const { best } = this.#guidance;
    if (best) writeVariables(access, best.variables);
    const last: Pick<EpochEvent, 'loss' | 'metrics'> & Partial<EpochEvent> = best?.epoch ??
      this.#history.at(-1) ?? {
        loss: this.#sums.loss / this.#sums.rows,
        ...(await this.#finishMetrics(this.#sums.metrics)),
      };
    const staleness = mergeStaleness([...this.#history, this.#sums]);
    return {
      kind: 'ended',
      done: {
        reason,
        epochs: this.#history.length,
        steps: this.#stepsMade(),
        ...judgementOf(last),
        weightsHash: weightsHash(readVariables(access, variables).values()),
        samplesPerSecond: this.#meter.rate(),
        wallSeconds: seconds,
        ...(staleness && { staleness }),
      },
      history: this.#history,
    };
  }
}
