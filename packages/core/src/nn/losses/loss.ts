import { LockstepError } from '../../errors.ts';
import type { Node } from '../../graph/node.ts';
import { cast, mean, reshape } from '../../ops/index.ts';

/**
 * The loss of every row: [B, ...] output and target -> [B], the mini-batch along axis 0. The mean over the rows is taken
 * where the graph of a training step is made, and nowhere else.
 */
export type Loss = (output: Node, target: Node) => Node;

const show = (node: Node): string => `[${node.shape.join(', ')}]`;

/**
 * The target as float32 in the shape of the output; one number a row may be [B] for [B, 1].
 *
 * @throws LockstepError SHAPE_MISMATCH
 */
export function matchTarget(name: string, output: Node, target: Node): Node {
  const [rows = 1] = output.shape;
  const single = target.shape.length === 1 && output.shape.length === 2 && output.shape[1] === 1;
  const matched = single ? reshape(target, [rows, 1]) : target;
  if (show(matched) !== show(output))
    throw new LockstepError('SHAPE_MISMATCH', 'output and target have different shapes', {
      where: { op: name },
      got: `${show(output)} and ${show(target)}`,
      wanted: 'the same shape',
      ...(target.dtype === 'int32' && target.shape.length === 1
        ? { hint: 'class labels go with sparseCategoricalCrossentropy and accuracy' }
        : {}),
    });
  return cast(matched, 'float32');
}

/** Throws unless output is [B, classes] and labels are int32 [B]. */
export function checkLabels(name: string, output: Node, labels: Node): void {
  if (labels.dtype !== 'int32')
    throw new LockstepError('DTYPE_MISMATCH', 'class labels are not integers', {
      where: { op: name },
      got: labels.dtype,
      wanted: 'int32',
      hint: 'dense or one-hot targets go with categoricalCrossentropy',
    });
  if (output.shape.length !== 2 || show(labels) !== `[${output.shape[0]}]`)
    throw new LockstepError('SHAPE_MISMATCH', 'output and labels do not fit', {
      where: { op: name },
      got: `${show(output)} and ${show(labels)}`,
      wanted: '[rows, classes] and [rows]',
    });
}

/** The mean of every row: [B, ...] -> [B]. */
export function meanOfRows(values: Node): Node {
  const axes = [...values.shape.keys()].slice(1);
  return axes.length === 0 ? values : mean(values, { axes });
}
