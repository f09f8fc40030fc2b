import { LockstepError } from '../../errors.ts';
import type { Node } from '../../graph/node.ts';
import type { Layer } from '../layer.ts';

/**
 * A layer that gives its input to several layers and joins what they make of it. The layer at position i has the path
 * `branches.<i>`.
 *
 * @throws LockstepError BAD_OPTION without a branch
 */
export function branches(
  kind: string,
  layers: readonly Layer[],
  join: (outputs: readonly [Node, ...Node[]]) => Node,
): Layer {
  if (layers.length === 0)
    throw new LockstepError('BAD_OPTION', 'there are no branches to join', {
      where: { field: kind },
      hint: `write ${kind}([dense(10), ...])`,
    });
  return {
    kind,
    build: (x, scope) => {
      const inside = scope.child('branches');
      const [first = x, ...rest] = layers.map((layer, position) => inside.layer(`${position}`, layer)(x));
      return join([first, ...rest]);
    },
  };
}

/** Combines outputs of one shape from the left. */
export function pairwise(
  name: string,
  [first, ...rest]: readonly [Node, ...Node[]],
  combine: (a: Node, b: Node) => Node,
): Node {
  for (const other of rest)
    if (String(other.shape) !== String(first.shape))
      throw new LockstepError('SHAPE_MISMATCH', 'the branches give different shapes', {
        where: { op: name },
        got: `[${first.shape.join(', ')}] and [${other.shape.join(', ')}]`,
        wanted: 'the same shape',
      });
  return rest.reduce(combine, first);
}
