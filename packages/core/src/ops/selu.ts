import type { Node } from '../graph/node.ts';
import { elu } from './elu.ts';
import { mul } from './mul.ts';

/** The constants for which zero mean and unit variance are a fixed point (Klambauer et al. 2017, equation 14). */
const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

/**
 * scale elu(x, alpha) with the constants of self-normalising networks, element-wise, float32 (Klambauer, Unterthiner, Mayr
 * and Hochreiter 2017).
 */
export function selu(x: Node): Node {
  return mul(elu(x, alpha), scale);
}
