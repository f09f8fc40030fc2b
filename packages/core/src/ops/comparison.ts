import type { Op } from '../graph/node.ts';
import type { Scalar } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise } from './elementwise.ts';
import { binarySamples } from './samples.ts';

/** An op that compares two float32 or two int32 tensors element by element; its result is bool and has no gradient. */
export function comparisonOp(
  name: string,
  compare: { float: (a: Scalar, b: Scalar) => Scalar; int: (a: Scalar, b: Scalar) => Scalar },
): Op<None> {
  return {
    ...elementwise<None>(name, { inputs: ['float32', 'int32'], result: 'bool' }, ([a, b]) =>
      a.type === 'i32' ? compare.int(a, b) : compare.float(a, b),
    ),
    samples: () => binarySamples({}, { skipGradient: 'the result is not a number' }),
  };
}
