import type { Augmentation } from '../data/augment/index.ts';
import type { Dataset } from '../data/dataset.ts';
import { unknownName } from '../nameLookup.ts';
import type { Model } from '../nn/model.ts';
import { augmentedBatch } from './augmentation.ts';

/**
 * Throws unless augmentations can change what a model takes.
 *
 * @throws LockstepError UNKNOWN_OPTION for an input that the model has not; what an augmentation throws at the types of the others
 */
export function checkAugmentation(
  { inputs }: Model,
  data: Dataset,
  augmentations: readonly Augmentation[],
): void {
  for (const [at, { inputs: named = [] }] of augmentations.entries())
    for (const name of named)
      if (!Object.hasOwn(inputs, name))
        throw unknownName('input', name, Object.keys(inputs), { field: `run.augment.${at}.inputs` });
  const batch = augmentedBatch(data, 1, 'data', augmentations);
  for (const [name, type] of Object.entries(inputs)) batch.input(name, type);
}
