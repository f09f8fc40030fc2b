import { meanSquaredError } from '../losses/meanSquaredError.ts';
import type { SummedMetric } from './metric.ts';

/** The root of the mean squared error of all rows: [B, ...] output and target of the same shape. */
export const rootMeanSquaredError: SummedMetric = {
  contributions: (output, target) => [meanSquaredError(output, target)],
  finish: ([[squares = 0] = []], rows) => Math.sqrt(squares / rows),
};
