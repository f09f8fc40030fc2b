import type { Node } from '../graph/node.ts';
import type { Lowering } from '../nest/lowering.ts';
import { axesOf, load } from '../nest/lowering.ts';
import type { Reduction } from '../nest/nest.ts';
import { axis, reduced } from '../nest/scalar.ts';
import type { AxisAttributes } from './reduce.ts';

/** The nest of an op that reduces its input over one axis: the axes kept, in order, then the reduced one. */
export function lowerReduction(
  kind: Reduction['kind'],
  context: Lowering<Node>,
  node: Node<AxisAttributes>,
): void {
  const [x] = node.inputs;
  if (!x) return;
  const from = context.tensor(x);
  const out = context.tensor(node);
  const { axis: over } = node.attributes;
  const last = from.shape.length - 1;
  const all = axesOf(from);
  const kept = all.filter((_, at) => at !== over);
  const index = all.map((_, at) => axis(at === over ? last : at < over ? at : at - 1));
  const batch = from.batchAxis === over;
  context.nest({
    name: kind,
    axes: [...kept, { size: from.shape[over] ?? 0, batch }],
    reduction: {
      axis: last,
      kind,
      rule: batch ? 'batch' : over === last ? 'row' : 'ordered',
      term: load(from, index),
    },
    stores: [{ tensor: out.id, index: kept.map((_, at) => axis(at)), value: reduced }],
  });
}
