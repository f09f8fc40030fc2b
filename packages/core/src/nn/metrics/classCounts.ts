import type { Node } from '../../graph/node.ts';
import { argMax, cast, greater, mul, oneHot } from '../../ops/index.ts';
import { anyNumber, checkOptions, flag, nonNegativeInteger, type OptionRule } from '../../options.ts';
import { matchTarget } from '../losses/loss.ts';
import { labelsOf } from './labelsOf.ts';
import type { SummedMetric } from './metric.ts';

export interface ClassMetricOptions {
  /**
   * What to make of several classes: the mean of the classes that occur, each counted the same (`macro`, the default), or all their
   * rows together (`micro`).
   */
  readonly average?: 'macro' | 'micro';
  /** Only this class. Default: all of them. */
  readonly class?: number;
  /** Every column is a yes-or-no answer of its own, not one of several classes; so is a single column. Default false. */
  readonly multiLabel?: boolean;
  /** Yes-or-no answers say yes above it. Default 0, for logits; 0.5 for probabilities. */
  readonly threshold?: number;
}

const averageRule: OptionRule = {
  wanted: '"macro" or "micro"',
  holds: (value) => value === 'macro' || value === 'micro',
};

/** Rows of one class, or of several together. */
export interface ClassCount {
  /** Said to be of the class and of the class. */
  readonly right: number;
  /** Said to be of the class. */
  readonly said: number;
  /** Of the class. */
  readonly meant: number;
}

/** Whether every row is of a class, [B, classes], as 1 or 0: right, said and meant. */
function membership(
  name: string,
  output: Node,
  target: Node,
  { multiLabel = false, threshold = 0 }: ClassMetricOptions,
): readonly [Node, Node, Node] {
  if (multiLabel || (output.shape.length === 2 && output.shape[1] === 1)) {
    const said = cast(greater(output, threshold), 'float32');
    const meant = cast(greater(matchTarget(name, output, target), 0.5), 'float32');
    return [mul(said, meant), said, meant];
  }
  const classes = output.shape[1] ?? 1;
  const meant = oneHot(labelsOf(name, output, target), classes);
  const said = oneHot(argMax(output), classes);
  return [mul(said, meant), said, meant];
}

/**
 * A metric of the rows that are said to be of each class and those that are: outputs [B, classes] with labels (int32 [B]) or
 * dense targets, or yes-or-no answers [B, 1] ([B, n] if there are several labels). Where nothing was said or meant it is 0.
 *
 * @param value - of one class
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function classMetric(
  name: string,
  options: ClassMetricOptions,
  value: (count: ClassCount) => number,
): SummedMetric {
  checkOptions(name, options, {
    average: averageRule,
    class: nonNegativeInteger,
    multiLabel: flag,
    threshold: anyNumber,
  });
  const { average = 'macro', class: only } = options;
  return {
    contributions: (output, target) => membership(name, output, target, options),
    finish: ([right = [], said = [], meant = []]) => {
      const all = right.map((count, at) => ({ right: count, said: said[at] ?? 0, meant: meant[at] ?? 0 }));
      const counts = only === undefined ? all : all.slice(only, only + 1);
      const together = counts.reduce(
        (sum, each) => ({
          right: sum.right + each.right,
          said: sum.said + each.said,
          meant: sum.meant + each.meant,
        }),
        { right: 0, said: 0, meant: 0 },
      );
      if (average === 'micro') return value(together);
      const occurring = counts.filter((each) => each.said + each.meant > 0);
      return occurring.reduce((sum, each) => sum + value(each), 0) / Math.max(1, occurring.length);
    },
  };
}

/** Division in which nothing of nothing is 0. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
