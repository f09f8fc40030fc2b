import {
  adam,
  add,
  batchNorm,
  concatenate,
  defineRun,
  dense,
  flatten,
  fromArrays,
  gaussianNoise,
  initializers,
  layerNorm,
  multiply,
  type Run,
  reshape,
  residual,
  sequential,
  sparseCategoricalFocalCrossentropy,
  spatialDropout,
  timeDistributed,
  topKAccuracy,
} from '@lockstep/core';

const rows = 97;
const width = 13;
const spread = (length: number, start: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => 4 * (((start + at) * 0.618_033_988_749_895) % 1) - 2);
const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7 + Math.floor(row / 5)) % 5);

const dataset = (start: number) =>
  fromArrays({
    x: { values: spread(rows * width, start), shape: [width] },
    y: labels,
    trust: spread(rows, start + 5).map((value) => value + 2),
  });

/**
 * Layers that work over the mini-batch, over features and along an axis, with statistics and noise; branches; weights of rows
 * and classes, and rows left out; metrics that are no means. Mini-batches of 40, 40 and 17 rows.
 */
export const layered: Run = defineRun({
  name: 'layered',
  data: { train: dataset(1), validation: dataset(2) },
  input: 'x',
  target: 'y',
  model: sequential(
    batchNorm({ center: false }),
    dense(24, { kernelInitializer: initializers.orthogonal({ gain: 1.5 }), activation: 'gelu' }),
    residual(
      sequential(layerNorm(), dense(24, { kernelInitializer: 'truncatedNormal' }), gaussianNoise(0.1)),
    ),
    reshape([6, 4]),
    timeDistributed(sequential(dense(7, { kernelInitializer: 'lecunNormal' }), batchNorm({ momentum: 0.5 }))),
    spatialDropout(0.2),
    flatten(),
    concatenate([dense(9), multiply([dense(6), dense(6, { activation: 'sigmoid' })])]),
    add([dense(5), dense(5, { useBias: false })]),
  ),
  loss: [
    { loss: sparseCategoricalFocalCrossentropy({ gamma: 1.5 }), classWeights: 'balanced' },
    { loss: 'categoricalHinge', sampleWeight: 'trust', weight: 0.1 },
  ],
  ignoreTarget: 4,
  metrics: { accuracy: 'accuracy', two: topKAccuracy(2), f1: 'f1', confusion: 'confusionMatrix' },
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 6,
  batchSize: 40,
  lanes: 3,
  seed: 12,
});
