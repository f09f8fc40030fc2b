import { LockstepError } from '../../errors.ts';
import { add, matmul, mul, reshape, square, sum } from '../../ops/index.ts';
import { checkOptions, flag, nameOrFunction, nonNegative, positiveInteger } from '../../options.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { type Activation, type ActivationName, toActivation } from '../activations.ts';
import { type InitializerName, toInitializer } from '../initializers/index.ts';
import type { Initializer } from '../initializers/initializer.ts';
import type { Layer } from '../layer.ts';

export interface DenseOptions {
  /** Default: none (`linear`). */
  readonly activation?: ActivationName | Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerName | Initializer;
  /** Adds l2 times the sum of the squared weights (not the bias) to the training loss. Default 0. */
  readonly l2?: number;
}

/**
 * A fully connected layer: activation(x @ weight + bias), over the last axis of x.
 *
 * [B, ..., in] -> [B, ..., units]. Variables: `weight` [in, units] and `bias` [units].
 *
 * @param units - width of the output
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; when built, SHAPE_MISMATCH for an input without a feature axis
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  checkOptions('dense', { units }, { units: positiveInteger });
  checkOptions('dense', options, {
    activation: nameOrFunction,
    useBias: flag,
    kernelInitializer: nameOrFunction,
    biasInitializer: nameOrFunction,
    l2: nonNegative,
  });
  const { useBias = true, l2 = 0 } = options;
  const activate = toActivation(options.activation ?? 'linear');
  const kernelInitializer = toInitializer(options.kernelInitializer ?? 'glorotUniform');
  const biasInitializer = toInitializer(options.biasInitializer ?? 'zeros');
  return {
    kind: 'dense',
    build: (x, scope) => {
      const width = x.shape.at(-1);
      if (width === undefined || x.shape.length < 2)
        throw new LockstepError('SHAPE_MISMATCH', 'a dense layer needs a feature axis', {
          where: { op: scope.path },
          got: `[${x.shape.join(', ')}]`,
          wanted: '[rows, features]',
          hint: 'give the input the shape [1] if it is one number a row',
        });
      const weight = scope.variable('weight', {
        shape: [width, units],
        initializer: kernelInitializer,
        ...(l2 === 0 ? {} : { penalty: (variable) => mul(sum(square(variable)), l2) }),
      });
      const rows = x.shape.length === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), width]);
      const product = matmul(rows, weight);
      const biased = useBias
        ? add(product, scope.variable('bias', { shape: [units], initializer: biasInitializer }))
        : product;
      // Said outright: with one row in the mini-batch, sizes alone would take another axis for that of the rows.
      const inPlace = x.batchAxis === undefined ? {} : { batchAxis: x.batchAxis };
      const shaped =
        x.shape.length === 2 ? biased : reshape(biased, [...x.shape.slice(0, -1), units], inPlace);
      return activate(shaped);
    },
  };
}
