import type { Node } from '../../graph/node.ts';
import { reshape, square, sub } from '../../ops/index.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { matchTarget } from '../losses/loss.ts';
import type { SummedMetric } from './metric.ts';

/** One number is explained wholly or not at all if it is the same in every row. */
function ofConstant(residual: number): number {
  return residual === 0 ? 1 : 0;
}

/**
 * R², the coefficient of determination: 1 - the sum of (target - output)² / the sum of (target - its mean)², for every number of a
 * row by itself, and the mean of these. 1 is perfect; 0 is as good as always saying the mean. [B, ...] output and target of the same
 * shape.
 *
 * Squares of targets are float32: where a target's mean is thousands of times its deviation, standardise it.
 */
export const r2: SummedMetric = {
  contributions: (output, target) => {
    const matched = matchTarget('r2', output, target);
    const [rows = 1, ...row] = output.shape;
    const flat = (x: Node): Node => reshape(x, [rows, sizeOf(row)], { batchAxis: 0 });
    return [flat(square(sub(matched, output))), flat(matched), flat(square(matched))];
  },
  finish: ([residuals = [], targets = [], squares = []], rows) => {
    const each = residuals.map((residual, at) => {
      const deviations = (squares[at] ?? 0) - (targets[at] ?? 0) ** 2 / rows;
      return deviations > 0 ? 1 - residual / deviations : ofConstant(residual);
    });
    return each.reduce((sum, value) => sum + value, 0) / each.length;
  },
};
