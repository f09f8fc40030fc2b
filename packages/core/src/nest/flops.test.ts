import { describe, expect, it } from 'vitest';
import { nodeFlops } from '../compile/flops.ts';
import { input } from '../graph/leaves.ts';
import { firstEqual } from '../ops/equalPositions.ts';
import * as ops from '../ops/index.ts';
import { sumEqual } from '../ops/sumEqual.ts';
import { nestFlops } from './flops.ts';
import type { Nest } from './nest.ts';
import { add, axis, f32, i32, mul, primitive, reduced, type Scalar, select } from './scalar.ts';

const element = (tensor: number, ...index: Scalar[]): Scalar => ({
  kind: 'load',
  type: 'f32',
  tensor,
  index,
});
const axes = (...sizes: number[]): Nest['axes'] => sizes.map((size) => ({ size, batch: false }));
const rows = input('rows', { shape: [5], dtype: 'int32', batchAxis: 0 });
const x = input('x', { shape: [5, 7], batchAxis: 0 });

describe('nestFlops', () => {
  it('counts what is done to floats, once however often it is used, and neither indices nor choices', () => {
    const value = element(0, primitive('intAdd', axis(0), i32(1)));
    const square = mul(value, value);
    const chosen = select(primitive('less', square, f32(1)), add(square, f32(2)), square);
    expect(
      nestFlops({ name: 'n', axes: axes(6, 4), stores: [{ tensor: 1, index: [], value: chosen }] }),
    ).toBe(48);
  });

  it('counts terms over all axes, and what is made of the sum over the others', () => {
    const term = mul(element(0, axis(0), axis(2)), element(1, axis(2), axis(1)));
    const nest: Nest = {
      name: 'n',
      axes: axes(3, 5, 11),
      reduction: { axis: 2, kind: 'sum', rule: 'ordered', term },
      stores: [{ tensor: 2, index: [axis(0), axis(1)], value: add(reduced, element(3, axis(1))) }],
    };
    expect(nestFlops(nest)).toBe(2 * 3 * 5 * 11 + 3 * 5);
  });
});

describe('the nests of an op', () => {
  it.each([
    ['matmul', ops.matmul(x, input('w', { shape: [7, 3] })), 2 * 5 * 7 * 3],
    ['sum', ops.sum(x, { axes: [1] }), 5 * 7],
    ['exp, as one operation', ops.exp(x), 5 * 7],
    // Greatest, difference, exp, sum of all, quotient.
    ['softmax', ops.softmax(x), 5 * 7 * 5],
    ['cumsum', ops.cumsum(x, { axis: 1 }), 5 * 7],
    ['reshape', ops.reshape(x, [35]), 0],
    ['a look-up', ops.gather(input('table', { shape: [1000, 4] }), rows), 0],
    ['a scatter: once each row that is added, however many there are', ops.scatterAdd(rows, x, 1000), 5 * 7],
    ['a search for equal ids', firstEqual(rows, 1000), 0],
    ['sums of equal rows', sumEqual(x, rows, rows), 5 * 7],
  ])('%s', (_, node, flops) => {
    expect(nodeFlops(node)).toBe(flops);
  });
});
