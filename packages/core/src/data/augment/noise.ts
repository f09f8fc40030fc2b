import { LockstepError } from '../../errors.ts';
import { add } from '../../ops/index.ts';
import { rowNormal } from '../../ops/rowRandom.ts';
import { checkOptions, type OptionRule, positive, required } from '../../options.ts';
import type { Augmentation } from './augmentation.ts';

export interface NoiseOptions {
  /** Standard deviation of the noise, in terms of what the model sees: after standardising, a part of the spread. */
  readonly deviation: number;
  /** Inputs that it is added to. Default: all that are float32. */
  readonly inputs?: readonly string[];
}

const names: OptionRule = {
  wanted: 'a list of names',
  holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
};

/**
 * Adds normally distributed noise to inputs of the model in training, other noise for each row, element and epoch. Targets stay as
 * they are, so with the input as target a model learns to take noise away.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; in a run, UNKNOWN_OPTION for an input that the model has not, DTYPE_MISMATCH
 * for a named input that is not float32
 */
export function noise(options: NoiseOptions): Augmentation {
  checkOptions('noise', options, { deviation: required(positive), inputs: names });
  const { deviation, inputs } = options;
  return {
    kind: 'noise',
    ...(inputs === undefined ? {} : { inputs }),
    augment: (batch, { path, rows, epoch }) => ({
      ...batch,
      input: (field, type) => {
        const x = batch.input(field, type);
        if (!(inputs?.includes(field) ?? x.dtype === 'float32')) return x;
        if (x.dtype !== 'float32')
          throw new LockstepError('DTYPE_MISMATCH', 'noise cannot be added to integers', {
            where: { field: `${path}.inputs` },
            got: `${field}, ${x.dtype}`,
            wanted: 'float32',
          });
        return add(x, rowNormal(x.shape, { rows, epoch }, { purpose: `${path}.${field}`, deviation }));
      },
    }),
  };
}
