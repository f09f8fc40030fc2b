import type { Node, Sample } from '../graph/node.ts';
import { cast } from './cast.ts';
import { div } from './div.ts';
import { equal } from './equal.ts';
import type { AxisAttributes } from './reduce.ts';
import { broadcastBack } from './reduce.ts';
import { floats, specialValues } from './samples.ts';
import { sum } from './sum.ts';
import { where } from './where.ts';

/** Gradient of max and min over an axis: equal parts to all elements that are the result. */
export function extremumGradient(node: Node<AxisAttributes>, upstream: Node): readonly (Node | undefined)[] {
  const [x] = node.inputs;
  if (!x) return [];
  const chosen = equal(x, broadcastBack(node, node));
  const count = sum(cast(chosen, 'float32'), { axes: [node.attributes.axis] });
  return [where(chosen, broadcastBack(node, div(upstream, count)), 0)];
}

/** Cases for max and min over an axis. */
export function extremumSamples(): readonly Sample<AxisAttributes>[] {
  return [
    { attributes: { axis: 1 }, inputs: [floats([5, 13], { batchAxis: 0 })] },
    { attributes: { axis: 0 }, inputs: [floats([37, 11], { batchAxis: 0 })] },
    { attributes: { axis: 1 }, inputs: [floats([3, 5, 9])] },
    { attributes: { axis: 0 }, inputs: [floats([1, 3])] },
    {
      attributes: { axis: 1 },
      inputs: [floats([3, 3], { values: [1, 1, 1, 2, 0, 2, -0, 0, -0] })],
      skipGradient: 'a kink: equal elements',
    },
    {
      attributes: { axis: 0 },
      inputs: [floats([specialValues.length], { values: specialValues })],
      skipGradient: 'not finite',
    },
  ];
}
