import { type Dataset, defineRun, fit, fromArrays, type Run } from '@lockstep/core';
import { layersOf, type Network, optimizerOf } from './networks.ts';

/** Rows of the data set, unless said otherwise: too many for a cache to hold. */
export const dataRows = 8192;

/** A stretch of training, as both sides report it. */
export interface Round {
  readonly seconds: number;
  /** Of all threads of the process, the compiler's and the garbage collector's included. */
  readonly cpuSeconds: number;
  readonly samples: number;
  /** Mean over the samples. */
  readonly loss: number;
}

/** Rows uniform in [-1, 1) with random labels: nothing to learn, but every ReLU stays alive. */
export function randomData(inputs: number, classes: number, rows: number = dataRows): Dataset {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = Float32Array.from({ length: rows * inputs }, () => 2 * random() - 1);
  const label = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return fromArrays({
    x: { values: x, shape: [inputs] },
    label: { values: label, classes },
  });
}

export interface TrainingOptions {
  readonly lanes?: number;
  /** Of the data set. Default {@link dataRows}. */
  readonly rows?: number;
  /** What makes the run. Default: `fit`, in this thread. */
  readonly train?: (run: Run) => Promise<unknown>;
}

export function runOf(network: Network, { lanes, rows }: TrainingOptions = {}): Run {
  return defineRun({
    data: randomData(network.sizes[0] ?? 0, network.sizes.at(-1) ?? 0, rows),
    model: layersOf(network),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: optimizerOf(network),
    batchSize: network.batch,
    epochs: Number.MAX_SAFE_INTEGER,
    ...(lanes === undefined ? {} : { lanes }),
  });
}

/**
 * A run that makes some epochs at a time and waits in between, so that its rounds can be interleaved with those of
 * others. Everything a user's run does is in the time: shuffling, tables, the loss of the epoch.
 */
export class Training {
  readonly #done: Promise<unknown>;
  readonly #rows: number;
  #epochsLeft = 1;
  #losses: number[] = [];
  #goOn: (answer: 'stop' | undefined) => void = () => {};
  #finished: () => void = () => {};

  private constructor(run: Run, train: (run: Run) => Promise<unknown>) {
    this.#rows = run.train.rows;
    const onEpoch = async ({ loss }: { readonly loss: number }): Promise<'stop' | undefined> => {
      this.#losses.push(loss);
      this.#epochsLeft -= 1;
      if (this.#epochsLeft > 0) return undefined;
      this.#finished();
      return await new Promise((resolve) => {
        this.#goOn = resolve;
      });
    };
    this.#done = train(defineRun({ ...run.options, callbacks: [{ onEpoch }] }));
  }

  /** Compiles a run of a network and makes its first epoch. */
  static async start(network: Network, options: TrainingOptions = {}): Promise<Training> {
    return await Training.startRun(runOf(network, options), options.train);
  }

  /** The same for any run; it should have more epochs than will be asked for. */
  static async startRun(
    run: Run,
    train: (run: Run) => Promise<unknown> = (made) => fit(made),
  ): Promise<Training> {
    const training = new Training(run, train);
    await Promise.race([training.#pause(), training.#done]);
    return training;
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
  }

  async run(epochs: number): Promise<Round> {
    this.#epochsLeft = epochs;
    this.#losses = [];
    const paused = this.#pause();
    const [start, cpuStart] = [performance.now(), process.cpuUsage()];
    this.#goOn(undefined);
    await Promise.race([paused, this.#done]);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuStart);
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      samples: epochs * this.#rows,
      loss: this.#losses.reduce((total, loss) => total + loss, 0) / epochs,
    };
  }

  async stop(): Promise<void> {
    this.#goOn('stop');
    await this.#done;
  }
}
