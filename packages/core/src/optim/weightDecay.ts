import type { Node } from '../graph/node.ts';
import { add, mul } from '../ops/index.ts';

/** gradient + weightDecay parameter: the gradient of weightDecay / 2 times the sum of squares, as SGD and Adam take it. */
export function withWeightDecay(gradient: Node, parameter: Node, weightDecay: number): Node {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
}
