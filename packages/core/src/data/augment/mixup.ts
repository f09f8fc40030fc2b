import { LockstepError } from '../../errors.ts';
import { stepValue } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import { add, mul, reshape, sub } from '../../ops/index.ts';
import { checkOptions, type OptionRule } from '../../options.ts';
import type { Augmentation } from './augmentation.ts';
import { mixupNames } from './mixupTables.ts';

export interface MixupOptions {
  /** Of the beta distribution: small numbers mix little, 1 mixes evenly. From 0.05 to 2. Default 0.2. */
  readonly alpha?: number;
}

const alphaRule: OptionRule = {
  wanted: 'a number from 0.05 to 2',
  holds: (value) => typeof value === 'number' && value >= 0.05 && value <= 2,
};

/** share own + (1 - share) other, row by row. */
function blend(own: Node, other: Node, share: Node): Node {
  const perRow = reshape(share, [own.shape[0] ?? 1, ...own.shape.slice(1).map(() => 1)], { batchAxis: 0 });
  return add(mul(own, perRow), mul(other, sub(1, perRow)));
}

/**
 * Mixup (Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", 2018): in training, a row is share x own
 * + (1 - share) x another row of its mini-batch, its target too. Integer targets are not mixed, but their losses in the same way,
 * which for cross-entropy is the same thing. The share is drawn from Beta(alpha, alpha) for each row and epoch; the larger part is
 * always the row's own, which changes nothing but which of the two counts as the row, so that metrics have something to compare
 * with.
 *
 * @throws LockstepError BAD_OPTION; in a run, BAD_OPTION after another mixup, DTYPE_MISMATCH for a model with an integer input
 */
export function mixup(options: MixupOptions = {}): Augmentation {
  checkOptions('mixup', options, { alpha: alphaRule });
  return {
    kind: 'mixup',
    tables: { kind: 'mixup', alpha: options.alpha ?? 0.2 },
    augment: (batch, { path, others: rowsOf }) => {
      if (batch.mixed !== undefined)
        throw new LockstepError('BAD_OPTION', 'rows are mixed already', {
          where: { field: path },
          hint: 'Leave one mixup out.',
        });
      const { rows, share: shareName } = mixupNames(path);
      const others = rowsOf(rows);
      const share = stepValue(shareName, { shape: [batch.size], batchAxis: 0 });
      const mix = (own: Node, other: Node): Node =>
        own.dtype === 'float32' ? blend(own, other, share) : own;
      return {
        size: batch.size,
        input: (field, type) => {
          const own = batch.input(field, type);
          if (own.dtype !== 'float32')
            throw new LockstepError('DTYPE_MISMATCH', 'rows of integers cannot be mixed', {
              where: { field: path },
              got: `${field}, ${own.dtype}`,
              wanted: 'float32 inputs alone',
            });
          return mix(own, others.input(field, type));
        },
        target: (field) => mix(batch.target(field), others.target(field)),
        mixed: { own: batch, others, share },
      };
    },
  };
}
