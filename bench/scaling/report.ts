import { summariseSpans } from '@lockstep/parallel';
import { scalingPlot } from '../../packages/cli/src/scaling/plot.ts';
import { type ScalingRow, summariseRounds } from '../../packages/cli/src/scaling/summary.ts';
import { disturbance } from '../engine/rounds.ts';
import { median, spread, table, thousands } from '../engine/statistics.ts';
import { fitModel } from './fit.ts';
import type { MeasuredCase } from './measureCase.ts';
import { type Prediction, predict, type StepModel } from './model.ts';
import { ratesOf, ratios, workerCounts } from './throughput.ts';
import { barrierMicroseconds, type Trace, tracedSteps, waitMicroseconds } from './trace.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const predictedCores = [1, 2, 4, 8, 16, 32, 64, 128];
/** Targets: microseconds of waiting in a step of 2 workers, and what the timeline may cost. */
const mostWait = 10;
const mostTimeline = 0.01;

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'MISSED';
}

function rowsOf({ throughput, traces }: MeasuredCase): readonly ScalingRow[] {
  const ranks = traces.map(({ timelines }) => timelines.map(summariseSpans));
  const rounds = throughput.measured.rounds.map((round) =>
    workerCounts.map((workers, at) => ({
      workers,
      samplesPerSecond: round[at]?.rate ?? Number.NaN,
      ranks: ranks[at] ?? [],
    })),
  );
  return summariseRounds(rounds);
}

function measuredTable(rows: readonly ScalingRow[], traces: readonly Trace[]): string {
  const head = [
    'workers',
    'samples/s',
    'speed-up',
    'compute',
    'update',
    'wait',
    'µs waited a step',
    'µs a barrier',
  ];
  return table(
    head,
    rows.map(({ workers, samplesPerSecond, speedUp, shares }, at) => {
      const steps = tracedSteps(traces[at] ?? { timelines: [] });
      return [
        String(workers),
        `${thousands(samplesPerSecond.median)} [${thousands(samplesPerSecond.least)}, ${thousands(samplesPerSecond.most)}]`,
        `${speedUp.median.toFixed(2)} [${speedUp.least.toFixed(2)}, ${speedUp.most.toFixed(2)}]`,
        percent(shares.compute),
        percent(shares.update),
        percent(shares.wait),
        waitMicroseconds(steps).toFixed(1),
        barrierMicroseconds(steps).toFixed(1),
      ];
    }),
  );
}

function targets({ scalingCase, throughput, traces }: MeasuredCase, spanCost: number): string {
  const { ofIndependent, oversubscribed } = scalingCase;
  const pair = traces[workerCounts.indexOf(2)];
  const independent = ratios(throughput, 2, 'independent');
  const crowd = ratios(throughput, 8, 2);
  const steps = tracedSteps(pair ?? { timelines: [] });
  const wait = waitMicroseconds(steps);
  const phases = steps[0]?.phases.length ?? 0;
  const microseconds = 1e6 * (pair?.secondsPerStep ?? Number.NaN);
  const timeline = (2 * phases * spanCost) / 1000 / microseconds;
  const wanted = (least: number | undefined, value: number): string[] =>
    least === undefined ? ['', ''] : [`at least ${least}`, verdict(value >= least)];
  return table(
    ['', 'measured', 'target', ''],
    [
      [
        `2 workers, of two independent processes (${thousands(median(ratesOf(throughput, 'independent')))} samples/s)`,
        spread(independent, 3),
        ...wanted(ofIndependent, median(independent)),
      ],
      ['8 workers, of 2 workers', spread(crowd, 3), ...wanted(oversubscribed, median(crowd))],
      [
        'waiting in a step of 2 workers, median',
        `${wait.toFixed(1)} µs`,
        `below ${mostWait} µs`,
        verdict(wait < mostWait),
      ],
      [
        'of that after the last arrival, in all barriers of a step',
        `${(phases * barrierMicroseconds(steps)).toFixed(1)} µs`,
        '',
        '',
      ],
      [
        `timeline: ${spanCost.toFixed(0)} ns a span, ${2 * phases} spans a step of ${microseconds.toFixed(0)} µs`,
        `${(100 * timeline).toFixed(3)}%`,
        `below ${100 * mostTimeline}%`,
        verdict(timeline < mostTimeline),
      ],
    ],
  );
}

function predictionRow(first: Prediction, prediction: Prediction, batch: number): string[] {
  const { ranks, step, parts } = prediction;
  const speedUp = first.step / step;
  return [
    String(ranks),
    thousands((batch / step) * 1e6),
    speedUp.toFixed(2),
    percent(speedUp / ranks),
    ...[parts.work, parts.unevenness, parts.stragglers, parts.barriers, parts.serial].map((part) =>
      percent(part / step),
    ),
  ];
}

function predictions({ scalingCase, throughput }: MeasuredCase, model: StepModel): string {
  const { batch } = scalingCase.network;
  const head = [
    'cores',
    'samples/s',
    'speed-up',
    'efficiency',
    'work',
    'uneven shares',
    'stragglers',
    'barriers',
    'between rows',
  ];
  const first = predict(model, 1);
  const rows = predictedCores.map((cores) => predictionRow(first, predict(model, cores), batch));
  const measured = median(ratios(throughput, 2, 1));
  const predicted = first.step / predict(model, 2).step;
  const alone = model.phases.map(({ alone: time }) => time.toFixed(1)).join(' and ');
  return [
    `Predicted by the model below: phases of ${alone} µs alone, contention ${model.contention.toFixed(3)}, ${model.barrier.toFixed(1)} µs a barrier of 2 and ${model.arrival.toFixed(2)} µs for each further rank, ${model.serial.toFixed(1)} µs a step between rows of steps. For 2 cores it predicts a speed-up of ${predicted.toFixed(2)}; measured were ${measured.toFixed(2)}. The last five columns are shares of the predicted step.`,
    '',
    table(head, rows),
  ].join('\n');
}

/** What is measured once, apart from any network. */
export interface Costs {
  /** Nanoseconds that a span of the timeline takes. */
  readonly spanCost: number;
  /** Microseconds that a rank takes to arrive at a barrier. */
  readonly arrival: number;
}

/** A network's part of the report, and its plot as SVG. */
export function reportCase(
  measured: MeasuredCase,
  { spanCost, arrival }: Costs,
): { readonly markdown: string; readonly plot: string } {
  const { scalingCase, throughput, traces } = measured;
  const [single, pair] = traces;
  if (single === undefined || pair === undefined) throw new Error('nothing was traced');
  const rows = rowsOf(measured);
  const disturbed = traces.filter((traced) => traced.disturbed).map(({ workers }) => workers);
  const markdown = [
    targets(measured, spanCost),
    measuredTable(rows, traces),
    `Medians, in brackets the smallest and the largest; ratios and speed-ups within a round. ${disturbance(throughput.measured)}. The shares of time and the waits are those of about a second of training each${disturbed.length === 0 ? '' : `; other processes ran while that of ${disturbed.join(', ')} workers was recorded`}.`,
    predictions(measured, fitModel(scalingCase, throughput, { single, pair, arrival })),
  ].join('\n\n');
  return { markdown, plot: scalingPlot(scalingCase.network.name, rows) };
}

/** What the predictions assume. */
export const modelNotes = `A step of N ranks, each on a core of its own, takes the sum over its phases of

    contention x alone x share(N) x straggling(N) + barrier + (N - 2) x arrival

and what lies between rows of steps (an epoch's tables, the copy of the variables, the message to the ranks).

- \`alone\` is the median time of the phase in the timeline of one worker.
- \`share(N)\` is the busiest rank's share of the phase, as the compiler divides the work for N ranks: whole blocks of rows and whole panels of weights. The time of a kernel is taken to be in proportion to its points, whatever the size of a block; smaller blocks are slower, which is left out.
- \`contention\` is how much slower a process of one worker gets while another one runs. It holds for 2 cores and is kept for more: memory bandwidth and shared caches are taken to grow with the cores, and clocks not to fall. A machine of several sockets is not like that.
- \`straggling(N)\` is the expected maximum of N draws from the measured times of the phase, in units of their median: delays are taken to be independent of each other, and to be as frequent as here. On a machine shared with others it is too much.
- \`barrier\` is the time from the arrival of the last of 2 ranks until both have left, in the timeline of two workers: the median. It is many times that of barriers without work in between, because nothing of it is in a cache, and because a rank that has waited long sleeps.
- \`arrival\` is half the time of a barrier of 2 ranks that do nothing else. All ranks add to one word, one after the other, so every further one is taken to add as much.
- What lies between rows of steps does not get shorter with more cores.`;
