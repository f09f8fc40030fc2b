import { ops, scalar } from '@lockstep/core';

/** x / (1 + |x|), element by element; its slope is 1 / (1 + |x|)². */
export const softsign: ops.OpFunction<object> = ops.defineOp<object>({
  name: 'example.softsign',
  arity: 1,
  elementwise: ([x]) => scalar.div(x, scalar.add(scalar.f32(1), scalar.primitive('abs', x))),
  gradient: ({ inputs: [x] }, upstream) => [x && ops.div(upstream, ops.square(ops.add(1, ops.abs(x))))],
  samples: [
    { attributes: {}, inputs: [{ shape: [5, 7], dtype: 'float32', batchAxis: 0 }] },
    { attributes: {}, inputs: [{ shape: [3], dtype: 'float32', range: [-1e4, 1e4] }] },
  ],
});
