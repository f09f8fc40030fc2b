import { median, spread, table, thousands } from '../engine/statistics.ts';
import { type Comparison, compareSides, medianCurve, partOfRun, targetLoss } from './compare.ts';
import { curvePlot, type Panel } from './curvePlot.ts';
import type { Measurement } from './measure.ts';
import { slowFactor, slowWorkers } from './sides.ts';
import { verdict } from './verdict.ts';

/** How far a final loss may be from the synchronous one, and the part of its time that some mode may take with a slow worker. */
const targets = { loss: 0.02, slow: 0.5 } as const;

const shown = (values: readonly number[], digits: number): string =>
  spread(values, digits).replaceAll('Infinity', 'never');
const isClose = (values: readonly number[]): boolean => median(values) <= 1 + targets.loss;
const isSync = ({ side }: Comparison): boolean => side.mode.name === 'sync';

function row(comparison: Comparison, rows: number): string[] {
  const { side, outcomes, times, relativeTimes, relativeLosses, relativeEpochLosses } = comparison;
  const rates = outcomes.map(({ curve }) => (rows * curve.length) / (curve.at(-1)?.seconds ?? Number.NaN));
  const late = outcomes.flatMap(({ staleness }) => (staleness === undefined ? [] : [staleness]));
  const name = `${side.mode.name}, ${side.workers}${side.slow ? ', one slow' : ''}`;
  return [
    name,
    thousands(median(rates)),
    shown(times, 3),
    isSync(comparison) ? '1' : shown(relativeTimes, 2),
    isSync(comparison) ? '1' : spread(relativeLosses, 3),
    isSync(comparison) ? '1' : spread(relativeEpochLosses, 3),
    late.length === 0
      ? ''
      : `${median(late.map(({ mean }) => mean)).toFixed(1)}, ${median(late.map(({ max }) => max)).toFixed(0)}`,
  ];
}

function verdicts(comparisons: readonly Comparison[]): string {
  const asynchronous = comparisons.filter((comparison) => !isSync(comparison));
  const far = asynchronous.filter(({ relativeLosses }) => !isClose(relativeLosses));
  const [best] = asynchronous
    .filter(({ side }) => side.slow)
    .toSorted((a, b) => median(a.relativeTimes) - median(b.relativeTimes));
  const names = far.map(
    ({ side }) => `${side.mode.name} with ${side.workers}${side.slow ? ' (one slow)' : ''}`,
  );
  return table(
    ['', 'measured', 'target', ''],
    [
      [
        'final loss, of the synchronous one',
        far.length === 0
          ? `at most ${Math.max(...asynchronous.map(({ relativeLosses }) => median(relativeLosses))).toFixed(3)}`
          : `above: ${names.join(', ')}`,
        `at most ${1 + targets.loss}`,
        verdict(far.length === 0),
      ],
      [
        `time to the loss with a slow worker: ${best?.side.mode.name}, of the synchronous one`,
        shown(best?.relativeTimes ?? [], 2),
        `at most ${targets.slow}`,
        verdict(best !== undefined && median(best.relativeTimes) <= targets.slow),
      ],
    ],
  );
}

function panelOf(title: string, comparisons: readonly Comparison[]): Panel {
  return {
    title,
    curves: comparisons.map(({ side, outcomes }) => ({
      name: side.mode.name,
      points: medianCurve(outcomes),
    })),
  };
}

/** A problem's part of the report, and its plot as SVG. */
export function reportProblem(measurement: Measurement): {
  readonly markdown: string;
  readonly plot: string;
} {
  const { problem, rounds, repeated, disturbed, rows } = measurement;
  const comparisons = compareSides(measurement);
  const target = targetLoss(comparisons);
  const head = [
    'mode, workers',
    'samples/s',
    's to the loss',
    'of sync',
    'final loss, of sync',
    'last epoch, of sync',
    'staleness: mean, max',
  ];
  const ofFour = comparisons.filter(({ side }) => side.workers === slowWorkers);
  const [even, slow] = [ofFour.filter(({ side }) => !side.slow), ofFour.filter(({ side }) => side.slow)];
  const markdown = [
    verdicts(comparisons),
    table(
      head,
      comparisons.map((comparison) => row(comparison, rows)),
    ),
    `The loss to reach: that of the synchronous mode after ${100 * partOfRun} % of its epochs with the same seed, ${target.toFixed(4)} in the median. ${rounds.length} rounds, a seed each; ${repeated} disturbed trainings were repeated, ${disturbed} kept.`,
  ].join('\n\n');
  const plot = curvePlot(
    problem.name,
    [
      panelOf(`${slowWorkers} workers`, even),
      panelOf(`${slowWorkers} workers, one ${slowFactor} times slower`, slow),
    ],
    target,
  );
  return { markdown, plot };
}
