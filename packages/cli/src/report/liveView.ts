import type { EpochEvent, StartEvent, StepEvent } from '@lockstep/core';
import { clock, count, number, speed } from './describe.ts';
import { sparkline } from './sparkline.ts';

/** Columns of the bar, and of a curve. */
const [widest, narrowest, curveWidth] = [30, 6, 16];
/** Values of a curve that are kept; then every other one is. */
const mostPoints = 512;

/** A progress bar: what is done, and what is left. */
export interface Bar {
  readonly done: number;
  readonly left: number;
}

/** What is on the screen while a run trains. */
export interface Frame {
  readonly bar: Bar;
  /** After the bar. */
  readonly progress: string;
  /** Below it. */
  readonly lines: readonly string[];
}

/** Puts as many of some texts into a line as it has room for, the first ones first. */
function fit(texts: readonly string[], columns: number): string {
  let line = '';
  for (const text of texts) {
    const longer = line === '' ? text : `${line}  ${text}`;
    if (longer.length > columns) break;
    line = longer;
  }
  return line;
}

/** A number in the course of training. */
class Curve {
  #points: number[] = [];
  /** One value in so many is kept. */
  #every = 1;
  #seen = 0;

  add(value: number): void {
    this.#seen += 1;
    if (this.#seen % this.#every !== 0) return;
    this.#points.push(value);
    if (this.#points.length < mostPoints) return;
    this.#points = this.#points.filter((_, at) => at % 2 === 1);
    this.#every *= 2;
  }

  get isOver(): boolean {
    return this.#points.length > 1;
  }

  /** Empty before there are two values. */
  draw(): string {
    return this.isOver ? ` ${sparkline(this.#points, curveWidth)}` : '';
  }
}

/** What a run has come to, from its events, as it is shown while it trains. Makes texts alone; who shows them has the terminal. */
export class LiveView {
  readonly #now: () => number;
  readonly #residentBytes: () => number;
  #started = 0;
  #stepsBefore = 0;
  #epochs = 0;
  #stepsPerEpoch = 1;
  #newest: StepEvent | undefined;
  #epoch: EpochEvent | undefined;
  readonly #ofSteps = new Curve();
  readonly #ofEpochs = new Curve();
  readonly #metric = new Curve();

  /**
   * @param now - milliseconds
   * @param residentBytes - memory of the process
   */
  constructor(now: () => number = () => performance.now(), residentBytes = () => process.memoryUsage.rss()) {
    this.#now = now;
    this.#residentBytes = residentBytes;
    this.#started = now();
  }

  start({ epochs, stepsPerEpoch, resumedAt = 0 }: StartEvent): void {
    this.#started = this.#now();
    this.#stepsBefore = resumedAt;
    this.#epochs = epochs;
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  step(event: StepEvent): void {
    this.#newest = event;
    this.#ofSteps.add(event.loss);
  }

  epoch(event: EpochEvent): void {
    this.#epoch = event;
    this.#epochs = event.epochs;
    this.#ofEpochs.add(event.valLoss ?? event.loss);
    const [, value] = this.#shownMetric() ?? [];
    if (value !== undefined) this.#metric.add(value);
  }

  /** The first metric, of the held-out rows if there are any. */
  #shownMetric(): readonly [name: string, value: number] | undefined {
    const { metrics = {}, valMetrics } = this.#epoch ?? {};
    const [shown] = Object.entries(valMetrics ?? metrics);
    return shown && [valMetrics ? `val ${shown[0]}` : shown[0], shown[1]];
  }

  /** Steps made and all steps. */
  #steps(): readonly [made: number, all: number] {
    const made = Math.max(this.#newest?.step ?? 0, this.#epoch?.step ?? 0, this.#stepsBefore);
    const all = this.#newest?.totalSteps ?? this.#epochs * this.#stepsPerEpoch;
    return [made, Math.max(1, made, all)];
  }

  #progress(): readonly string[] {
    const [made, all] = this.#steps();
    const ownSteps = made - this.#stepsBefore;
    const seconds = (this.#now() - this.#started) / 1000;
    const epochsMade = Math.min(Math.floor(made / this.#stepsPerEpoch), this.#epochs - 1);
    const inEpoch = made / this.#stepsPerEpoch - epochsMade;
    return [
      `${Math.floor((100 * made) / all)} %`,
      ...(ownSteps > 0 ? [`${clock((seconds * (all - made)) / ownSteps)} left`] : []),
      `epoch ${count(epochsMade + 1)}/${count(this.#epochs)}`,
      `${Math.floor(100 * Math.min(1, inEpoch))} % of it`,
    ];
  }

  #learning(): readonly string[] {
    const { loss = this.#epoch?.loss } = this.#newest ?? {};
    const curve = this.#ofEpochs.isOver ? this.#ofEpochs : this.#ofSteps;
    const metric = this.#shownMetric();
    return [
      ...(loss === undefined ? [] : [`loss ${number(loss)}${curve.draw()}`]),
      ...(metric ? [`${metric[0]} ${number(metric[1])}${this.#metric.draw()}`] : []),
    ];
  }

  #machine(): readonly string[] {
    const { samplesPerSecond = this.#epoch?.samplesPerSecond ?? 0 } = this.#newest ?? {};
    const { waiting } = this.#newest ?? {};
    return [
      ...speed(samplesPerSecond),
      ...(waiting === undefined ? [] : [`workers wait ${Math.round(100 * waiting)} %`]),
      `${count(this.#residentBytes() / 2 ** 20)} MiB`,
    ];
  }

  /** @param columns - of the terminal; nothing is longer */
  frame(columns: number): Frame {
    const [made, all] = this.#steps();
    // The last column stays free: some terminals begin a new line when it is written to.
    const room = Math.max(1, columns - 1);
    const texts = this.#progress();
    const barWidth = Math.max(
      0,
      Math.min(widest, Math.max(narrowest, room - texts.join('  ').length - 1), room - 1),
    );
    const done = Math.round((barWidth * made) / all);
    return {
      bar: { done, left: barWidth - done },
      progress: fit(texts, room - barWidth - 1),
      lines: [fit(this.#learning(), room), fit(this.#machine(), room)].filter((line) => line !== ''),
    };
  }
}
