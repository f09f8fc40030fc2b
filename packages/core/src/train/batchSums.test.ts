import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import type { Node } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import * as scalar from '../nest/scalar.ts';
import type { Layer } from '../nn/layer.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { defineOp, type OpFunction } from '../ops/defineOp.ts';
import { add, cast, iota, max, mean, mul, softmax, stopGradient, sub, transpose } from '../ops/index.ts';
import { defineRun } from './defineRun.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

describe('a mini-batch that cannot be computed in parts', () => {
  const optionsOf = (build: Layer['build']): RunOptions => ({
    data: fromArrays({
      x: Array.from({ length: 28 }, (_, at) => [at % 5, at % 3, 1]),
      y: { values: Array.from({ length: 28 }, (_, at) => at % 4), classes: 4 },
    }),
    model: sequential({ kind: 'custom', build }, dense(4)),
    loss: 'sparseCategoricalCrossentropy',
    epochs: 1,
    batchSize: 20,
    lanes: 4,
  });
  const refused = async (build: Layer['build'], details: object): Promise<void> => {
    const options = optionsOf(build);
    await expect(fit(defineRun(options))).resolves.toMatchObject({ steps: 2 });
    await expect(fit(defineRun({ ...options, microBatch: 5 }))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('run.microBatch'),
      ...details,
    });
  };

  it('is one whose rows use a mean over all of them', async () => {
    await refused((x) => sub(x, mean(x, { axes: [0], keepDims: true })), { where: { op: 'sub' } });
  });

  it('is one that takes a maximum over its rows', async () => {
    await refused((x) => add(x, stopGradient(max(x))), { where: { op: 'max' } });
  });

  it('is one whose rows are scaled by their number', async () => {
    await refused((x) => mul(x, 1 / (x.shape[0] ?? 1)), { where: { op: 'constant' } });
  });

  it('is one whose rows use their position', async () => {
    const position = (x: Node): Node => cast(iota({ shape: x.shape, batchAxis: 0 }), 'float32');
    await refused((x) => add(x, position(x)), { where: { op: 'iota' } });
  });

  it('is one whose rows read others', async () => {
    const reversed: OpFunction<object> = defineOp<object>({
      name: 'test.reversed',
      arity: 1,
      infer: ([x]) => x ?? { shape: [], dtype: 'float32' },
      gradient: (_, upstream) => [reversed([upstream], {})],
      lower: (context, node) => {
        const [x] = node.inputs;
        if (!x) return;
        const out = context.tensor(node);
        const last = scalar.i32((out.shape[0] ?? 1) - 1);
        const from = [scalar.primitive('intSub', last, scalar.axis(0)), scalar.axis(1)];
        const value = load(context.tensor(x), from);
        const index = identityIndex(2);
        context.nest({ name: 'reversed', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
      },
    });
    await refused((x) => reversed([x], {}), { where: { op: 'test.reversed' } });
  });

  it('is one with a softmax along the rows', async () => {
    await refused((x) => transpose(softmax(transpose(x, [1, 0])), [1, 0]), { where: { op: 'softmax' } });
  });

  it('is one with a lane that is larger than a part', () => {
    expect(() => defineRun({ ...optionsOf((x) => x), lanes: 2, microBatch: 9 })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', hint: expect.stringContaining('lanes: 3') }),
    );
  });
});
