import * as ops from '../../ops/index.ts';
import { checkOptions, flag, nameOrFunction, positiveInteger, required } from '../../options.ts';
import { type InitializerName, toInitializer } from '../initializers/index.ts';
import type { Initializer } from '../initializers/initializer.ts';
import type { Layer } from '../layer.ts';

export interface EmbeddingOptions {
  /** Number of different ids: they are 0 to vocabulary - 1. */
  readonly vocabulary: number;
  /** Numbers that each id stands for. */
  readonly features: number;
  /** Default `uniform`: from -0.05 to 0.05. */
  readonly initializer?: InitializerName | Initializer;
  /**
   * A training step changes the rows that its mini-batch names, and no other row of the weights or of the optimizer's state: a
   * row that is not there has no momentum, no decay, and its moments stay. Default true. False takes a gradient of the
   * whole table, most of it zeros, and costs as much as the table is large.
   */
  readonly sparse?: boolean;
}

/**
 * A row of a table for each id: words, users, categories as vectors that are learnt.
 *
 * [B, ...] -> [B, ..., features]. Ids are int32, or float32 that are whole numbers. Those of a data field have to be in the
 * vocabulary; ids that are computed count as the nearest one if they are not. Variable: `weight` [vocabulary, features].
 *
 * With a sparse gradient the steps of plain SGD are the same, bit for bit; other optimizers do what torch.optim.SparseAdam and
 * its like do. The layer may be used several times. Penalties on the weights, other uses of them, averages of weights, `microBatch` and optimizers that
 * compute with a parameter as a whole need `sparse: false`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function embedding(options: EmbeddingOptions): Layer {
  checkOptions('embedding', options, {
    vocabulary: required(positiveInteger),
    features: required(positiveInteger),
    initializer: nameOrFunction,
    sparse: flag,
  });
  const { vocabulary, features, sparse = true } = options;
  const initializer = toInitializer(options.initializer ?? 'uniform');
  return {
    kind: 'embedding',
    build: (x, scope) => {
      const weight = scope.variable('weight', { shape: [vocabulary, features], initializer });
      return ops.embedding(weight, ops.cast(x, 'int32'), { sparse });
    },
  };
}
