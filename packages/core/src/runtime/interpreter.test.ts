import { describe, expect, it } from 'vitest';
import { lower } from '../compile/lower.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, input, stepValue, variable } from '../graph/leaves.ts';
import { apply, type Op } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import { add as addScalars, axis, i32, primitive, type Scalar } from '../nest/scalar.ts';
import { add, div, exp, mul, softmax, sub, sum } from '../ops/index.ts';
import { createInterpreter } from './interpreter.ts';
import { loadAt, map, phaseOf, programOf, size, vector } from './testing/handProgram.ts';
import { executorCases } from './testing/index.ts';

const sizes = { batchSize: 0, lanes: 1, steps: 1 };

describe('the interpreter', () => {
  it.each(executorCases)('$name', ({ programs, observe }) => {
    const executor = createInterpreter(programs.map(({ graph, ...options }) => lower(graph, options)));
    for (const { what, got, wanted } of observe(executor)) expect(got, what).toEqual(wanted);
  });

  it('rounds every operation to float32, or none', () => {
    const x = stepValue('x');
    const outputs = { third: div(x, 3), product: mul(div(x, 3), 3.3), exp: exp(x) };
    const program = lower({ name: 'g', outputs, updates: [] }, sizes);
    const single = createInterpreter([program]);
    const double = createInterpreter([program], { precision: 'float64' });
    for (const executor of [single, double]) {
      executor.writeStepValue('g', 'x', 0, [0.1]);
      executor.run('g', 0);
    }
    const third = Math.fround(Math.fround(0.1) / 3);
    expect(single.readResult('g', 'third', 0)).toEqual(Float32Array.of(third));
    expect(single.readResult('g', 'product', 0)[0]).toBe(Math.fround(third * Math.fround(3.3)));
    expect(double.readResult('g', 'product', 0)).toEqual(Float64Array.of((0.1 / 3) * 3.3));
    expect(double.readResult('g', 'exp', 0)[0]).toBeCloseTo(1.1051709180756477, 15);
    expect(single.readResult('g', 'exp', 0)[0]).toBeCloseTo(1.1051709180756477, 6);
  });

  it('follows layouts with several digits an axis', () => {
    const blocked = {
      ...vector(1, 'blocked', { kind: 'variable', path: 'v', role: 'parameter' }, 'parameters', 0),
      // Index i lies at (i mod 2) * 5 + floor(i / 2): all even elements first, then one of padding, then all odd ones.
      layout: {
        axes: [
          [
            { extent: 2, stride: 5 },
            { extent: 4, stride: 1 },
          ],
        ],
        elements: 9,
      },
    };
    const x = vector(0, 'x', { kind: 'input', name: 'x' }, 'data', 0);
    const y = vector(2, 'y', { kind: 'result', name: 'y' }, 'results', 0);
    const scaled = map('scaled', blocked.id, addScalars(loadAt(x.id, axis(0)), loadAt(blocked.id, axis(0))));
    const rotated = primitive('indexRem', primitive('intAdd', axis(0), i32(3)), i32(size));
    const turned = map('turned', y.id, loadAt(blocked.id, rotated));
    const executor = createInterpreter([programOf([x, blocked, y], phaseOf(scaled, turned))]);
    executor.writeInput('x', [1, 2, 3, 4, 5, 6, 7, 8]);
    executor.writeVariable('v', [10, 20, 30, 40, 50, 60, 70, 80]);
    executor.run('hand', 0);
    expect(Array.from(executor.readVariable('v'))).toEqual([11, 22, 33, 44, 55, 66, 77, 88]);
    expect(Array.from(executor.readResult('hand', 'y', 0))).toEqual([44, 55, 66, 77, 88, 11, 22, 33]);
  });

  it('refuses programs of one name, and one name for two shapes', () => {
    const program = (name: string, length: number) =>
      lower({ name, outputs: { y: sum(input('x', { shape: [length] })) }, updates: [] }, sizes);
    const duplicate = expect.objectContaining({ code: 'DUPLICATE_NAME' });
    expect(() => createInterpreter([program('a', 2), program('a', 2)])).toThrow(duplicate);
    expect(() => createInterpreter([program('a', 2), program('b', 3)])).toThrow(duplicate);
  });

  it('refuses indices that leave a tensor: affine ones when compiling, others when they are met', () => {
    const shifted = (index: Scalar): Graph => {
      const op: Op = {
        name: 'shifted',
        infer: ([type]) => type ?? { shape: [], dtype: 'float32' },
        lower: (context, node) => {
          const [from] = node.inputs.map((x) => context.tensor(x));
          const out = context.tensor(node);
          if (from)
            context.nest({
              name: 'shifted',
              axes: [{ size: 3, batch: false }],
              stores: [{ tensor: out.id, index: [axis(0)], value: load(from, [index]) }],
            });
        },
      };
      return { name: 'g', outputs: { y: apply(op, [constant([1, 2, 3])], {}) }, updates: [] };
    };
    const run = (index: Scalar): unknown => createInterpreter([lower(shifted(index), sizes)]).run('g', 0);
    const invalid = 'an index of tensor constant.0 leaves it (in op shifted)';
    expect(() => run(primitive('intAdd', axis(0), i32(1)))).toThrow(
      `${invalid}: got 1 to 3 at axis 0, wanted 0 to 2`,
    );
    expect(() => run(primitive('intSub', i32(1), axis(0)))).toThrow(`${invalid}: got -1 to 1`);
    expect(run(primitive('intSub', i32(2), axis(0)))).toBe('done');
    expect(() => run(primitive('intMul', axis(0), axis(0)))).toThrow(`${invalid}: got 4 at axis 0`);
    expect(run(primitive('intMin', i32(2), primitive('intMul', axis(0), axis(0))))).toBe('done');
  });
});

describe('the checked interpreter', () => {
  const x = input('x', { shape: [2, 3] });
  const w = variable('w', constant([1, 2, 3]));
  const ratio = div(add(x, 1), sub(w, 2));
  const graph: Graph = {
    name: 'g',
    outputs: { loss: sum(softmax(ratio)) },
    guard: 'loss',
    updates: [{ variable: w, value: mul(w, 0) }],
  };

  it('names the first value that is not finite although its operands are', () => {
    const executor = createInterpreter([lower(graph, sizes)], { checked: true });
    executor.writeVariable('w', [3, 4, 5]);
    executor.writeInput('x', [1, 2, 3, 4, 5, 6]);
    expect(executor.run('g', 0)).toBe('done');
    expect(executor.firstNonFinite()).toBeUndefined();

    executor.writeVariable('w', [3, 2, 5]);
    executor.writeInput('x', [1, -1, 3, 4, 5, 6]);
    expect(executor.run('g', 0)).toBe('diverged');
    expect(executor.firstNonFinite()).toEqual({
      op: 'div',
      tensor: expect.stringMatching(/^div\.\d+$/),
      index: [0, 1],
      value: Number.NaN,
    });
  });

  it('does not blame an op for what it was given', () => {
    const executor = createInterpreter([lower(graph, sizes)], { checked: true });
    executor.writeVariable('w', [3, 4, 5]);
    executor.writeInput('x', [1, 2, 3, 4, Infinity, 6]);
    expect(executor.run('g', 0)).toBe('diverged');
    expect(executor.firstNonFinite()).toEqual({
      op: 'input',
      tensor: 'x',
      index: [1, 1],
      value: Number.POSITIVE_INFINITY,
    });
  });
});
