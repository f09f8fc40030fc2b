import type { Node } from '../../graph/node.ts';
import { add, argMax, cast, greater, mul, oneHot, reshape } from '../../ops/index.ts';
import { matchTarget } from '../losses/loss.ts';
import { labelsOf } from './labelsOf.ts';
import type { SummedMetric } from './metric.ts';

/** The classes that every row is of and is said to be of, int32 [B], and how many there are. A single column has two, no and yes. */
function classesOf(output: Node, target: Node): { meant: Node; said: Node; classes: number } {
  const [rows = 1, columns = 1] = output.shape;
  if (output.shape.length !== 2 || columns > 1)
    return { meant: labelsOf('confusionMatrix', output, target), said: argMax(output), classes: columns };
  const answer = (x: Node, threshold: number): Node =>
    reshape(cast(greater(x, threshold), 'int32'), [rows], { batchAxis: 0 });
  const matched = matchTarget('confusionMatrix', output, target);
  return { meant: answer(matched, 0.5), said: answer(output, 0), classes: 2 };
}

/**
 * How many rows of each class (a row of the matrix) are said to be of which class (a column). A metric that is a matrix: it is found
 * under `tables`, not under `metrics`.
 *
 * Outputs [B, classes] with labels (int32 [B]) or dense targets; logits [B, 1] are yes-or-no answers. It counts classes²
 * numbers a row, so it is for tens of classes, not for thousands.
 */
export const confusionMatrix: SummedMetric = {
  contributions: (output, target) => {
    const { meant, said, classes } = classesOf(output, target);
    return [oneHot(add(mul(meant, classes), said), classes * classes)];
  },
  finish: ([counts = []]) => {
    const classes = Math.sqrt(counts.length);
    return Array.from({ length: classes }, (_, at) => counts.slice(at * classes, (at + 1) * classes));
  },
};
