import { median } from '../engine/statistics.ts';
import type { Measurement } from './measure.ts';
import { type Side, sides } from './sides.ts';
import { type CurvePoint, lossAfter, timeToLoss } from './timeToLoss.ts';
import type { Outcome } from './trainOnce.ts';

/** The part of its epochs after which the synchronous mode has the loss that is to be reached. */
export const partOfRun = 0.6;

/** One way to train, in every round; what is relative is so to the synchronous one with as many workers, in the same round. */
export interface Comparison {
  readonly side: Side;
  readonly outcomes: readonly Outcome[];
  /** Seconds of training until the loss was reached. */
  readonly times: readonly number[];
  readonly relativeTimes: readonly number[];
  /** Of the loss with all workers at rest, at the end. */
  readonly relativeLosses: readonly number[];
  /** Of the mean over the last epoch. */
  readonly relativeEpochLosses: readonly number[];
}

const finalLoss = ({ curve }: Outcome): number => curve.at(-1)?.loss ?? Number.NaN;

/** All ways to train, in the order of {@link sides}. */
export function compareSides({ rounds }: Measurement): readonly Comparison[] {
  return sides.map((side, at) => {
    const base = sides.findIndex(
      ({ mode, workers, slow }) => mode.name === 'sync' && workers === side.workers && slow === side.slow,
    );
    const pairs = rounds.flatMap((round) => {
      const [own, synchronous] = [round[at], round[base]];
      return own && synchronous
        ? [{ own, synchronous, target: lossAfter(synchronous.curve, partOfRun) }]
        : [];
    });
    const times = pairs.map(({ own, target }) => timeToLoss(own.curve, target));
    return {
      side,
      outcomes: pairs.map(({ own }) => own),
      times,
      relativeTimes: pairs.map(
        ({ synchronous, target }, round) =>
          (times[round] ?? Number.NaN) / timeToLoss(synchronous.curve, target),
      ),
      relativeLosses: pairs.map(({ own, synchronous }) => finalLoss(own) / finalLoss(synchronous)),
      relativeEpochLosses: pairs.map(({ own, synchronous }) => own.lastEpochLoss / synchronous.lastEpochLoss),
    };
  });
}

/** Median time and loss after each epoch. */
export function medianCurve(outcomes: readonly Outcome[]): readonly CurvePoint[] {
  const epochs = Math.min(...outcomes.map(({ curve }) => curve.length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const points = outcomes.flatMap(({ curve }) => curve.slice(epoch, epoch + 1));
    return {
      seconds: median(points.map(({ seconds }) => seconds)),
      loss: median(points.map(({ loss }) => loss)),
    };
  });
}

/** The loss that is to be reached: the median over the rounds. */
export function targetLoss(comparisons: readonly Comparison[]): number {
  const synchronous = comparisons.find(({ side }) => side.mode.name === 'sync');
  return median((synchronous?.outcomes ?? []).map(({ curve }) => lossAfter(curve, partOfRun)));
}
