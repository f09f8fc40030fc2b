import { type Dataset, fieldOf, withField } from './dataset.ts';

/**
 * Makes a field reach the model as (x - offset) * scale, in float32: pixels from 0 to 255 with a scale of 1 / 255, say. The
 * values stay as they are.
 *
 * @throws LockstepError UNKNOWN_OPTION when the field is not there; BAD_OPTION for numbers that are not finite
 */
export function rescale(
  data: Dataset,
  name: string,
  { offset = 0, scale = 1 }: { readonly offset?: number; readonly scale?: number },
): Dataset {
  return withField(data, name, {
    ...fieldOf(data, name),
    preprocessing: { offset: [offset], scale: [scale] },
  });
}
