import type { Node } from '../graph/node.ts';
import { add } from './add.ts';
import { clip } from './clip.ts';
import { mul } from './mul.ts';

/**
 * (x + 3) / 6 between -3 and 3, 0 below and 1 above; element-wise, float32. The derivative at -3 and 3 is 1/6. Some libraries
 * use other slopes; this is the one of PyTorch and Keras 3 (Howard et al. 2019).
 */
export function hardSigmoid(x: Node): Node {
  return mul(clip(add(x, 3), 0, 6), 1 / 6);
}
