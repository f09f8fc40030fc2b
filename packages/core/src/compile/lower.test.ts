import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { constant, input, stepValue, variable } from '../graph/leaves.ts';
import { apply, type Node, type Op } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import { axis, f32, reduced, type Scalar } from '../nest/scalar.ts';
import { add, mul } from '../ops/index.ts';
import { lower } from './lower.ts';
import { printProgram } from './print.ts';

const options = { batchSize: 0, lanes: 1, steps: 1 };

/** A graph of one node whose op lowers as given. */
function graphOf(lowering: Op['lower'], x: Node = input('x', { shape: [3] })): Graph {
  const op: Op = {
    name: 'test',
    infer: () => ({ shape: [3], dtype: 'float32' }),
    ...(lowering && { lower: lowering }),
  };
  return { name: 'test', outputs: { y: apply(op, [x], {}) }, updates: [] };
}

/** A graph whose only nest stores `value`. */
function storing(value: (x: (index: Scalar) => Scalar) => Scalar): Graph {
  return graphOf((context, node) => {
    const from = context.tensor(node.inputs[0] as Node);
    const out = context.tensor(node);
    context.nest({
      name: 'test',
      axes: [{ size: 3, batch: false }],
      stores: [{ tensor: out.id, index: [axis(0)], value: value((index) => load(from, [index])) }],
    });
  });
}

describe('lower', () => {
  it('computes nodes one by one, then outputs, then updates behind the guard', () => {
    const w = variable('w', constant([1, 2]));
    const next = add(w, mul(stepValue('rate'), 0.5));
    const graph = { name: 'g', outputs: { loss: mul(stepValue('rate'), 3) }, guard: 'loss' };
    const program = lower({ ...graph, updates: [{ variable: w, value: next }] }, options);
    expect(program.tensors.map(({ id }) => id)).toEqual(program.tensors.map((_, at) => at));
    expect(printProgram(program).replace(/^.*?phase 0\n/s, '')).toBe(
      [
        '  group, 1 units at once',
        '    split single',
        '    mul:',
        '      mul.2[] = (rate[] * 3)',
        '  group, 1 units at once',
        '    split single',
        '    mul:',
        '      mul.5[] = (rate[] * 0.5)',
        '  group, 1 units at once',
        '    split single',
        '    add: for i < 2',
        '      add.6[i] = (w[i] + mul.5[])',
        '  group, 1 units at once',
        '    split single',
        '    output loss:',
        '      loss[] = mul.2[]',
        '  leave the step unless mul.2 is finite',
        '  group, 1 units at once',
        '    split single',
        '    update w: for i < 2',
        '      w[i] = add.6[i]',
        '',
      ].join('\n'),
    );
  });

  it('makes one tensor of leaves with the same name, and refuses them when their types differ', () => {
    const graph = (x: Node, y: Node): Graph => ({ name: 'g', outputs: { z: add(x, y) }, updates: [] });
    const same = lower(graph(input('x', { shape: [2] }), input('x', { shape: [2] })), options);
    expect(same.tensors.filter(({ storage }) => storage.kind === 'input')).toHaveLength(1);
    expect(() => lower(graph(input('x', { shape: [2] }), input('x', { shape: [1] })), options)).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_NAME' }),
    );
  });

  it('stores bool constants as masks', () => {
    const mask = constant([1, 0, 2], { dtype: 'bool' });
    const { tensors } = lower({ name: 'g', outputs: { mask }, updates: [] }, options);
    expect(tensors[0]?.storage).toEqual({ kind: 'constant', values: Int32Array.of(-1, 0, -1) });
  });

  it('refuses an op that has no lowering', () => {
    expect(() => lower(graphOf(undefined), options)).toThrow(
      expect.objectContaining({ code: 'GRAPH_INVALID', where: { op: 'test' } }),
    );
  });

  it.each([
    ['an axis that is not there', storing((x) => x(axis(1))), 'axis 1 is used where it has no value'],
    ['a float as an index', storing((x) => x(f32(0))), 'is not an integer'],
    ['a reduction there is none of', storing(() => reduced), 'before it is finished'],
    ['a mask for a float', storing((x) => ({ ...x(axis(0)), type: 'mask' }) as Scalar), 'stored to test'],
    [
      'operands of the wrong type',
      storing((x) => ({ kind: 'primitive', type: 'f32', name: 'add', args: [x(axis(0)), axis(0)] })),
      'operand 1 of add is i32 instead of f32',
    ],
    [
      'a sum over the batch that has no whole rows',
      graphOf((context, node) => {
        const from = context.tensor(node.inputs[0] as Node);
        context.nest({
          name: 'test',
          axes: [
            { size: 3, batch: false },
            { size: 3, batch: true },
          ],
          reduction: { axis: 1, kind: 'sum', rule: 'batch', term: load(from, [axis(1)]) },
          stores: [{ tensor: context.tensor(node).id, index: [axis(0)], value: reduced }],
        });
      }),
      'no multiple of the batch size 2',
    ],
  ])('refuses a nest with %s', (_, graph, message) => {
    expect(() => lower(graph, { ...options, batchSize: 2 })).toThrow(
      expect.objectContaining({ code: 'GRAPH_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
