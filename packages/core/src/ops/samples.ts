import type { Attributes, Sample, SampleInput } from '../graph/node.ts';

type Options = Omit<SampleInput, 'shape' | 'dtype'>;

/** A float32 input of a conformance sample. */
export const floats = (shape: readonly number[], options: Options = {}): SampleInput => ({
  shape,
  dtype: 'float32',
  ...options,
});

/** An int32 input of a conformance sample, drawn from a range and fixed for gradient checks. */
export const integers = (
  shape: readonly number[],
  range: readonly [number, number],
  options: Options = {},
): SampleInput => ({ shape, dtype: 'int32', range, constant: true, ...options });

/** A bool input of a conformance sample. */
export const masks = (shape: readonly number[], options: Options = {}): SampleInput => ({
  shape,
  dtype: 'bool',
  constant: true,
  ...options,
});

const smallestDenormal = 2 ** -149;
const largest = (2 - 2 ** -23) * 2 ** 127;

/** Values at which float32 arithmetic has special cases. */
export const specialValues: readonly number[] = [
  0,
  -0,
  1,
  -1,
  smallestDenormal,
  -smallestDenormal,
  2 ** -126,
  -(2 ** -130),
  largest,
  -largest,
  3e19,
  -88.5,
  0.5,
  Infinity,
  -Infinity,
  Number.NaN,
];

const kind = 'not finite, or at a limit of the number format';

/**
 * Cases of an element-wise op of one operand: sizes that no block divides, a scalar, and every special value.
 *
 * @param range - where values for the gradient check come from: it has to stay clear of kinks and poles
 * @param special - the values to try one by one
 */
export function unarySamples<A extends Attributes>(
  attributes: A,
  range: readonly [number, number] = [-2, 2],
  special: readonly number[] = specialValues,
): readonly Sample<A>[] {
  return [
    { attributes, inputs: [floats([5, 7], { range, batchAxis: 0 })] },
    { attributes, inputs: [floats([19], { range })] },
    { attributes, inputs: [floats([], { range })] },
    { attributes, inputs: [floats([3, 1, 33], { range, batchAxis: 1 })] },
    { attributes, inputs: [floats([special.length], { values: special })], skipGradient: kind },
  ];
}

/** Cases of an element-wise op of two operands: the same, broadcasting along several axes, and all pairs of special values. */
export function binarySamples<A extends Attributes>(
  attributes: A,
  ranges: {
    readonly left?: readonly [number, number];
    readonly right?: readonly [number, number];
    readonly skipGradient?: string;
  } = {},
): readonly Sample<A>[] {
  const left = ranges.left ? { range: ranges.left } : {};
  const right = ranges.right ? { range: ranges.right } : {};
  const skip = ranges.skipGradient === undefined ? {} : { skipGradient: ranges.skipGradient };
  const batchAxis = 0;
  return [
    { inputs: [floats([5, 7], { ...left, batchAxis }), floats([5, 7], { ...right, batchAxis })] },
    { inputs: [floats([13, 17], { ...left, batchAxis }), floats([17], right)] },
    { inputs: [floats([5, 1], { ...left, batchAxis }), floats([5, 9], { ...right, batchAxis })] },
    { inputs: [floats([3, 1, 5], left), floats([2, 3, 4, 1], right)] },
    { inputs: [floats([], left), floats([19], right)] },
    { inputs: [floats([], left), floats([], right)] },
  ]
    .map((sample): Sample<A> => ({ attributes, ...sample, ...skip }))
    .concat({
      attributes,
      inputs: [
        floats([specialValues.length, 1], { values: specialValues }),
        floats([specialValues.length], { values: specialValues }),
      ],
      skipGradient: kind,
    });
}
