import {
  defineRun,
  dense,
  fromArrays,
  initializers,
  type Layer,
  ops,
  type Run,
  sequential,
} from '@lockstep/core';

/** Numbers from 0 to 1 that look random: multiples of the golden ratio, modulo 1. */
const scattered = (length: number, start: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => ((start + at) * 0.618_033_988_749_895) % 1);

const rows = 44;
const [tokens, features, width] = [6, 4, 5];

/** Attention between the tokens of a row, running sums, and the greatest of what comes out: parts of tensors put together. */
const attention: Layer = {
  kind: 'attention',
  build: (input, scope) => {
    const batchAxis = 0;
    const x = ops.reshape(input, [input.shape[0] ?? 1, tokens, features], { batchAxis });
    const weights = scope.variable('weights', {
      shape: [features, 3 * width],
      initializer: initializers.glorotUniform,
    });
    const [query = x, key = x, value = x] = ops.split(ops.matmul(x, weights), 3);
    const near = ops.softmax(ops.mul(ops.matmul(query, key, { transposeB: true }), 1 / Math.sqrt(width)));
    const mixed = ops.concat([ops.gelu(ops.matmul(near, value)), ops.cumsum(x, { axis: 1 })]);
    const center = ops.mean(mixed, { axes: [-1], keepDims: true });
    const spread = ops.add(ops.std(mixed, { axes: [-1], keepDims: true }), 0.1);
    const flat = ops.reshape(ops.div(ops.sub(mixed, center), spread), [x.shape[0] ?? 1, -1], { batchAxis });
    return ops.concat([
      ops.slice(flat, [0, 5], [-1, 31]),
      ops.silu(ops.topK(flat, 3).values),
      ops.pad(ops.norm(flat, { axes: [1], keepDims: true }), [
        [0, 0],
        [1, 0],
      ]),
    ]);
  },
};

/** Operations that a dense network has no use for; mini-batches of 20 rows and one of 4. */
export const attentive: Run = defineRun({
  name: 'attentive',
  data: fromArrays({
    x: { values: scattered(rows * tokens * features, 3), shape: [tokens * features] },
    y: { values: scattered(rows, 5), shape: [1] },
  }),
  model: sequential(attention, dense(9, { activation: 'elu' }), dense(1, { activation: 'hardSigmoid' })),
  loss: 'meanSquaredError',
  optimizer: 'adam',
  epochs: 4,
  batchSize: 20,
  lanes: 2,
  seed: 5,
});
