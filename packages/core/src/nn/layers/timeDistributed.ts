import { LockstepError } from '../../errors.ts';
import type { Node } from '../../graph/node.ts';
import { reshape, transpose } from '../../ops/index.ts';
import { checkOptions, positiveInteger } from '../../options.ts';
import type { Layer } from '../layer.ts';

export interface TimeDistributedOptions {
  /** The axis whose positions the layer is applied to; the rows are axis 0. Default 1. */
  readonly axis?: number;
}

/** Axes in order, but the one at `from` stands at `to`. */
function moved(rank: number, from: number, to: number): readonly number[] {
  const rest = Array.from({ length: rank }, (_, at) => at).toSpliced(from, 1);
  return rest.toSpliced(to, 0, from);
}

const moveAxis = (x: Node, from: number, to: number): Node =>
  from === to ? x : transpose(x, moved(x.shape.length, from, to));

/**
 * The same layer, with the same weights, at every position along an axis: [B, T, ...in] to [B, T, ...out] for a layer from
 * [rows, ...in] to [rows, ...out]. To the layer the positions are rows: row b T + t of a mini-batch of B T rows, which is what
 * random numbers are keyed by and what a batch norm inside is over. The layer's path is `layer`.
 *
 * A `dense` layer works along the last axis by itself and needs no such wrapper.
 *
 * @throws LockstepError BAD_OPTION; when built, SHAPE_MISMATCH for an input without that axis
 */
export function timeDistributed(layer: Layer, options: TimeDistributedOptions = {}): Layer {
  checkOptions('timeDistributed', options, { axis: positiveInteger });
  const { axis = 1 } = options;
  return {
    kind: 'timeDistributed',
    build: (x, scope) => {
      const steps = x.shape[axis];
      if (steps === undefined)
        throw new LockstepError('SHAPE_MISMATCH', 'there is no such axis to apply a layer along', {
          where: { op: scope.path, field: 'timeDistributed.axis' },
          got: `axis ${axis} of [${x.shape.join(', ')}]`,
        });
      const [rows = 1, , ...features] = moveAxis(x, axis, 1).shape;
      const flat = reshape(moveAxis(x, axis, 1), [rows * steps, ...features], { batchAxis: 0 });
      const applied = scope.layer('layer', layer)(flat);
      const unfolded = reshape(applied, [rows, steps, ...applied.shape.slice(1)], { batchAxis: 0 });
      if (unfolded.shape.length <= axis)
        throw new LockstepError('SHAPE_MISMATCH', 'the layer left too few axes to put the positions back', {
          where: { op: scope.path, field: 'timeDistributed.axis' },
          got: `[${unfolded.shape.join(', ')}] for axis ${axis}`,
        });
      return moveAxis(unfolded, 1, axis);
    },
  };
}
