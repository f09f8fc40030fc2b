import { expect, it } from 'vitest';
import * as core from './index.ts';

const { defineRun, dense, fit, fromArrays, nests, ops, scalar, sequential, sgd } = core;

/** x sigmoid(beta x), written as a user of the package would: with nothing but its public names. */
const swish = ops.defineOp<{ beta: number }>({
  name: 'my.swish',
  arity: 1,
  elementwise: ([x], { beta }) => scalar.mul(x, scalar.call('sigmoid', scalar.mul(x, scalar.f32(beta)))),
  gradient: ({ inputs: [x], attributes: { beta } }, upstream) => {
    if (!x) return [];
    const s = ops.sigmoid(ops.mul(x, beta));
    return [ops.mul(upstream, ops.add(s, ops.mul(ops.mul(ops.mul(x, beta), s), ops.sub(1, s))))];
  },
});

/** The features of a row in reverse order, by a nest of its own. */
const reverse: core.ops.OpFunction<object> = ops.defineOp<object>({
  name: 'my.reverse',
  arity: 1,
  infer: ([x]) => x ?? { shape: [], dtype: 'float32' },
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const out = context.tensor(node);
    const [row, feature] = nests.identityIndex(2);
    const last = scalar.i32((out.shape[1] ?? 1) - 1);
    if (!row || !feature) return;
    const value = nests.load(context.tensor(x), [row, scalar.primitive('intSub', last, feature)]);
    context.nest({
      name: 'my.reverse',
      axes: nests.axesOf(out),
      stores: [{ tensor: out.id, index: [row, feature], value }],
    });
  },
  gradient: (_node, upstream) => [reverse([upstream], {})],
});

const layer = (build: (x: core.Node) => core.Node): core.Layer => ({ kind: 'custom', build });

const run = defineRun({
  data: fromArrays({
    x: { shape: [3], values: Float32Array.from({ length: 60 }, (_, at) => ((at * 7) % 11) / 11 - 0.5) },
    y: { shape: [1], values: Float32Array.from({ length: 20 }, (_, at) => (at % 5) / 5) },
  }),
  model: sequential(
    dense(9),
    layer((x) => swish([x], { beta: 1.5 })),
    layer((x) => reverse([x], {})),
    dense(1),
  ),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 3,
  batchSize: 7,
});

it('ops of one’s own train to the same bits on every executor', async () => {
  const wanted = await fit(run, { executor: 'interpreter' });
  expect(wanted.loss).toBeLessThan(wanted.history[0]?.loss ?? 0);
  expect((await fit(run)).weightsHash).toBe(wanted.weightsHash);
  expect((await fit(run, { executor: 'simulate', workers: 3 })).weightsHash).toBe(wanted.weightsHash);
});
