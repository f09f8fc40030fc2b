import { expect, it } from 'vitest';
import type { Nest } from '../nest/nest.ts';
import { axis, f32, mul, primitive, reduced, type Scalar } from '../nest/scalar.ts';
import { printProgram } from './print.ts';
import type { Program, ProgramTensor } from './program.ts';

const element = (tensor: number, ...index: Scalar[]): Scalar => ({
  kind: 'load',
  type: 'f32',
  tensor,
  index,
});

it('prints layouts, places, splits, shared parts of expressions and guarded reductions', () => {
  const square = mul(element(0, axis(0), axis(1)), element(0, axis(0), axis(1)));
  const norm = primitive('sqrt', reduced);
  const nest: Nest = {
    name: 'norms',
    axes: [
      { size: 6, batch: true },
      { size: 12, batch: false },
    ],
    reduction: {
      axis: 1,
      kind: 'sum',
      rule: 'row',
      term: mul(square, square),
      guard: primitive('less', element(0, axis(0), axis(1)), f32(4)),
    },
    stores: [{ tensor: 1, index: [axis(0)], value: mul(norm, norm) }],
  };
  const x: ProgramTensor = {
    id: 0,
    name: 'x',
    shape: [6, 12],
    dtype: 'float32',
    batchAxis: 0,
    storage: { kind: 'input', name: 'x' },
    layout: {
      axes: [
        [{ extent: 6, stride: 8 }],
        [
          { extent: 8, stride: 1 },
          { extent: 2, stride: 48 },
        ],
      ],
      elements: 96,
    },
    place: { segment: 'data', offset: 64, stepStride: 0 },
  };
  const norms: ProgramTensor = {
    id: 1,
    name: 'norms',
    shape: [6],
    dtype: 'float32',
    storage: { kind: 'result', name: 'norms' },
    layout: { axes: [[{ extent: 6, stride: 1 }]], elements: 6 },
    place: { segment: 'results', offset: 0, stepStride: 128 },
  };
  const split = { kind: 'axis', axis: 0, unit: 4, units: 2 } as const;
  const program: Program = {
    name: 'p',
    tensors: [x, norms],
    phases: [{ groups: [{ kernels: [{ nest, split }], chunk: 2 }], guard: { tensor: 1, guardAfter: 0 } }],
    batchSize: 6,
    lanes: 1,
    steps: 3,
  };
  expect(printProgram(program)).toBe(
    [
      'program p: batch size 6, 1 lanes, 3 steps',
      '  x: float32 [6, 12] batch 0, input (6:8, 2:48 8:1) at data + 64, 448 bytes',
      '  norms: float32 [6], result (6:1) at results + 0 + step * 128, 64 bytes',
      'phase 0',
      '  leave the step unless norms is finite',
      '  group, 2 units at once',
      '    split axis i in 2 units of 4',
      '    norms: for i < 6 batch',
      '      reduced = sum row over j < 12 of (t0 * t0) if (x[i, j] < 4)',
      '        with t0 = (x[i, j] * x[i, j])',
      '      t1 = sqrt(reduced)',
      '      norms[i] = (t1 * t1)',
      '',
    ].join('\n'),
  );
});
