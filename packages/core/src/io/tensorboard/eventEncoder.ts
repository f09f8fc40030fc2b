import type { Run } from '../../train/defineRun.ts';
import type {
  EpochEvent,
  MetricValues,
  Norms,
  NormsEvent,
  StartEvent,
  StepEvent,
  TrainingEvent,
} from '../../train/events.ts';
import type { Variables } from '../../train/variables.ts';
import { describeRun } from '../describeRun.ts';
import { type EventMessage, encodeEvent } from './eventMessages.ts';
import { experimentOf, hyperparametersOf, sessionEndOf, sessionStartOf } from './hyperparameters.ts';
import { histogramSummary, hparamsSummary, scalarSummary, textSummary } from './summaries.ts';

/** Which metrics of the run a tag is made of: `loss/train`, `accuracy/validation`. */
type Rows = 'train' | 'validation';

function metricScalars(rows: Rows, loss: number, metrics: MetricValues): EventMessage[] {
  return Object.entries({ loss, ...metrics }).map(([name, value]) => scalarSummary(`${name}/${rows}`, value));
}

function epochScalars(event: EpochEvent): EventMessage[] {
  const { loss, metrics, valLoss, valMetrics, learningRate, samplesPerSecond, waitingForData } = event;
  const { staleness = [] } = event;
  return [
    ...metricScalars('train', loss, metrics),
    ...(valLoss === undefined ? [] : metricScalars('validation', valLoss, valMetrics ?? {})),
    scalarSummary('run/learningRate', learningRate),
    // 0: none were made, and nothing was measured.
    ...(samplesPerSecond === 0 ? [] : [scalarSummary('run/samplesPerSecond', samplesPerSecond)]),
    ...(waitingForData === undefined ? [] : [scalarSummary('run/waitingForData', waitingForData)]),
    ...staleness.flatMap(({ mean, max, histogram }, worker) => [
      scalarSummary(`stalenessMean/worker ${worker}`, mean),
      scalarSummary(`stalenessMax/worker ${worker}`, max),
      histogramSummary(`staleness/worker ${worker}`, eachValue(histogram)),
    ]),
  ];
}

/** A count of values 0, 1, 2, ... as these values. */
const eachValue = (histogram: readonly number[]): number[] =>
  histogram.flatMap((count, value) => Array.from({ length: count }, () => value));

function normScalars({ gradient, weight, parameters }: NormsEvent): EventMessage[] {
  const named: [string, Norms][] = [['all', { gradient, weight }], ...Object.entries(parameters)];
  return named.flatMap(([name, norms]) => [
    scalarSummary(`gradientNorm/${name}`, norms.gradient),
    scalarSummary(`weightNorm/${name}`, norms.weight),
  ]);
}

function stepScalars({ loss, learningRate, samplesPerSecond }: StepEvent): EventMessage[] {
  return [
    scalarSummary('loss/batch', loss),
    scalarSummary('run/learningRate', learningRate),
    scalarSummary('run/samplesPerSecond', samplesPerSecond),
  ];
}

/** Tags of the scalars that runs are compared by. */
function metricTags({ task, validation }: Run): string[] {
  const names = ['loss', ...Object.keys(task.metrics)];
  const rows: readonly Rows[] = validation ? ['train', 'validation'] : ['train'];
  return names.flatMap((name) => rows.map((each) => `${name}/${each}`));
}

function joined(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const record of records) {
    bytes.set(record, at);
    at += record.length;
  }
  return bytes;
}

/** The events of one run as those of a TensorBoard event file: bytes to append, always whole records. */
export class EventEncoder {
  readonly #run: Run;
  readonly #now: () => number;

  /** @param now - milliseconds since 1970 */
  constructor(run: Run, now: () => number = Date.now) {
    this.#run = run;
    this.#now = now;
  }

  /** What a file begins with. */
  begin(): Uint8Array {
    return this.#record(0, { fileVersion: 'brain.Event:2' });
  }

  /** @returns nothing for events that say nothing in numbers */
  encode(event: TrainingEvent): Uint8Array {
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'step':
        return this.#summary(event.step, stepScalars(event));
      case 'norms':
        return this.#summary(event.step, normScalars(event));
      case 'epoch':
        return this.#summary(event.step, epochScalars(event));
      case 'done':
        // TensorBoard believes the first end of a run that it is told of.
        if (event.reason === 'aborted') return joined([]);
        return this.#summary(event.steps, [
          hparamsSummary('session_end_info', sessionEndOf(this.#now() / 1000)),
        ]);
      default:
        return joined([]);
    }
  }

  /**
   * Histograms of all parameters.
   *
   * @param step - after which they have these values
   */
  encodeHistograms(step: number, variables: Variables): Uint8Array {
    const parameters = [...variables.values()].filter(({ role }) => role === 'parameter');
    return this.#summary(
      step,
      parameters.map(({ path, values }) => histogramSummary(`weights/${path}`, values)),
    );
  }

  #start({ workers, resumedAt, stepsPerEpoch }: StartEvent): Uint8Array {
    const hyperparameters = { ...hyperparametersOf(this.#run, stepsPerEpoch), workers };
    const configuration = JSON.stringify(describeRun(this.#run), null, 2);
    return joined([
      this.#record(resumedAt === undefined ? 0 : resumedAt + 1, { sessionLog: { status: 'START' } }),
      this.#summary(resumedAt ?? 0, [
        hparamsSummary('experiment', experimentOf(hyperparameters, metricTags(this.#run))),
        hparamsSummary('session_start_info', sessionStartOf(hyperparameters, this.#now() / 1000)),
        textSummary('configuration', `\`\`\`json\n${configuration}\n\`\`\``),
      ]),
    ]);
  }

  #summary(step: number, value: readonly EventMessage[]): Uint8Array {
    return this.#record(step, { summary: { value } });
  }

  #record(step: number, what: EventMessage): Uint8Array {
    return encodeEvent({ wallTime: this.#now() / 1000, step, ...what });
  }
}
