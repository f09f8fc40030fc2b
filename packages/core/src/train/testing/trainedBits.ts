import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { FloatArray } from '../../runtime/executor.ts';
import type { Run } from '../defineRun.ts';
import type { Engine, EngineFactory } from '../engine.ts';
import { readScalar } from '../epochSums.ts';
import type { EpochEvent } from '../events.ts';
import type { ExecutorFactory } from '../executors.ts';
import { answerLoop } from '../fit.ts';
import { lossOutput } from '../graphs.ts';
import type { RunPlan } from '../plan.ts';
import { prepareRun } from '../prepareRun.ts';
import { RunControl } from '../runControl.ts';
import { runLoop } from '../runLoop.ts';
import { soloEngine } from '../soloEngine.ts';
import { readVariables } from '../variables.ts';
import { optimizerHash, weightsHash } from '../weightsHash.ts';

/** All bits that a run has left after so many steps. */
export interface TrainedBits {
  readonly step: number;
  /** The weights hash. */
  readonly weights: string;
  /** Hash of the optimizer's state. */
  readonly optimizer: string;
  /** Hash of loss, metrics, validation loss and metrics of every epoch before, and of the losses of the steps since. */
  readonly history: string;
}

/** Takes the bits of a run whose rows of training steps it cuts at the marks. */
class Marks {
  readonly taken: TrainedBits[] = [];
  readonly control: RunControl = new RunControl();
  readonly #plan: RunPlan;
  readonly #engine: Engine<FloatArray>;
  readonly #marks: readonly number[];
  readonly #epochs: unknown[] = [];
  /** Training steps of the whole run. */
  #steps = 0;

  constructor(plan: RunPlan, engine: Engine<FloatArray>, marks: readonly number[]) {
    this.#plan = plan;
    this.#engine = engine;
    this.#marks = marks;
  }

  /** The engine, with the bits taken on the way. */
  engine(): Engine<FloatArray> {
    const training = new Set(this.#plan.training.steps.map(({ program }) => program));
    return {
      ...this.#engine,
      runSteps: async (steps, options) => {
        if (!steps.some(({ program }) => training.has(program)))
          return await this.#engine.runSteps(steps, options);
        // A step ends with its program; what comes before are its parts.
        const ends = steps.flatMap(({ program }, at) => (training.has(program) ? [at + 1] : []));
        const before = this.#steps;
        for (let made = 0; made < steps.length; ) {
          this.#takeAtMark();
          if (this.control.signal.aborted) return { made, outcome: 'stopped' };
          const end = ends[(this.#marks[this.taken.length] ?? 0) - before - 1];
          const result = await this.#engine.runSteps(steps.slice(made, end), options);
          made += result.made;
          this.#steps = before + ends.filter((at) => at <= made).length;
          if (result.outcome !== 'done') return { ...result, made };
        }
        return { made: steps.length, outcome: 'done' };
      },
    };
  }

  endOfEpoch({ loss, metrics, valLoss, valMetrics }: EpochEvent): void {
    this.#epochs.push([loss, metrics, valLoss, valMetrics]);
    this.#takeAtMark();
  }

  #takeAtMark(): void {
    if (this.#steps !== this.#marks[this.taken.length]) return;
    const { training, variables } = this.#plan;
    const sinceEpoch = this.#steps - this.#epochs.length * training.steps.length;
    const losses = training.steps
      .slice(0, sinceEpoch)
      .map((step) => readScalar(this.#engine.access, step, lossOutput));
    const values = readVariables(this.#engine.access, variables);
    this.taken.push({
      step: this.#steps,
      weights: weightsHash(values.values()),
      optimizer: optimizerHash(values.values()),
      // JSON writes the shortest text that reads back as the same float64.
      history: `sha256:${bytesToHex(sha256(utf8ToBytes(JSON.stringify([this.#epochs, losses]))))}`,
    });
    if (this.taken.length === this.#marks.length) this.control.stop();
  }
}

/**
 * Trains a run with an engine as `fit` does.
 *
 * @param marks - numbers of steps, going up, after which the bits are taken; the last ends the training
 */
export async function trainedByEngine(
  run: Run,
  factory: EngineFactory,
  workers: number,
  marks: readonly number[],
): Promise<readonly TrainedBits[]> {
  const prepared = prepareRun(run);
  const { plan } = prepared;
  const engine = await factory(prepared.sources, workers);
  try {
    prepared.writeData(engine.access);
    const marked = new Marks(plan, engine, marks);
    await runLoop(plan, marked.engine(), {
      ...answerLoop(prepared, () => Promise.resolve(readVariables(engine.access, plan.variables))),
      control: marked.control,
      emit: (event) => {
        if (event.type === 'epoch') marked.endOfEpoch(event);
      },
    });
    return marked.taken;
  } finally {
    await engine.close();
  }
}

/** Trains a run with an executor in this thread; see {@link trainedByEngine}. */
export async function trainedBits(
  run: Run,
  factory: ExecutorFactory,
  workers: number,
  marks: readonly number[],
): Promise<readonly TrainedBits[]> {
  const solo: EngineFactory = (sources) => soloEngine<FloatArray>(factory(sources, workers), workers);
  return await trainedByEngine(run, solo, workers, marks);
}
