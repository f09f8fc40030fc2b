import { LockstepError } from '../errors.ts';
import { apply, type Node, type Op } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { axis, i32, primitive, reduced, select } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { requireDType } from './elementwise.ts';
import { noPosition } from './equalPositions.ts';
import { gather } from './gatherScatter.ts';
import { floats, integers } from './samples.ts';

const end = noPosition;

export const sumEqualOp: Op<None> = {
  name: 'sumEqual',
  infer: ([values, first, next]) => {
    if (
      !values ||
      !first ||
      !next ||
      [first, next].some(({ shape }) => String(shape) !== String(values.shape[0]))
    )
      throw new LockstepError('SHAPE_MISMATCH', 'there has to be one position for each row', {
        where: { op: 'sumEqual' },
        got: `[${first?.shape.join(', ')}] and [${next?.shape.join(', ')}] for [${values?.shape.join(', ')}]`,
        wanted: '[n] and [n] for [n, ...]',
      });
    requireDType('sumEqual', [values], ['float32']);
    requireDType('sumEqual', [first, next], ['int32']);
    return values;
  },
  gradient: ({ inputs: [, first] }, upstream) => [first && gather(upstream, first), undefined, undefined],
  lower: (context, node) => {
    const [values, first, next] = node.inputs.map((operand) => context.tensor(operand));
    if (!values || !first || !next) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const [row = axis(0), ...rest] = index;
    const term = axis(index.length);
    const batch = out.batchAxis === 0;
    const size = out.shape[0] ?? 0;
    context.nest({
      name: 'sumEqual',
      axes: [...axesOf(out), { size, batch }],
      reduction: {
        axis: index.length,
        kind: 'sum',
        rule: batch ? 'batch' : 'ordered',
        term: load(values, [term, ...rest]),
        chain: {
          start: select(primitive('intEqual', load(first, [row]), row), row, i32(size)),
          next: load(next, [term]),
        },
      },
      stores: [{ tensor: out.id, index, value: reduced }],
    });
  },
  samples: () => [
    {
      attributes: {},
      inputs: [
        floats([7, 5], { batchAxis: 0 }),
        integers([7], [0, 6], { batchAxis: 0, values: [0, 1, 0, 3, 0, 3, 6] }),
        integers([7], [0, 6], { batchAxis: 0, values: [2, end, 4, 5, end, end, end] }),
      ],
    },
    {
      attributes: {},
      inputs: [
        floats([3, 9, 2]),
        integers([3], [0, 2], { values: [0, 0, 0] }),
        integers([3], [0, 2], { values: [1, 2, end] }),
      ],
    },
    {
      attributes: {},
      inputs: [
        floats([1200], { batchAxis: 0 }),
        integers([1200], [0, 1], { batchAxis: 0, values: Array.from({ length: 1200 }, (_, at) => at % 2) }),
        integers([1200], [0, 1], {
          batchAxis: 0,
          values: Array.from({ length: 1200 }, (_, at) => (at < 1198 ? at + 2 : end)),
        }),
      ],
    },
  ],
};

/**
 * Sums rows that belong together: at the first position of each kind the sum, in order, of the rows at all its positions;
 * zeros at the other positions. Every row is looked at once.
 *
 * @param values - float32 [n, ...]
 * @param first - int32 [n], as `firstEqual` gives it
 * @param next - int32 [n], as `nextEqual` gives it for the same list
 * @returns the shape of `values`
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function sumEqual(values: Node, first: Node, next: Node): Node {
  return apply(sumEqualOp, [values, first, next], {});
}
