export * from './data/index.ts';
export type { ErrorCode, ErrorPlace, ExitCode, LockstepErrorDetails } from './errors.ts';
export { errorCatalogue, LockstepError } from './errors.ts';
export type { Attributes, Node, Op, Sample, SampleInput } from './graph/node.ts';
/** What a training step of one's own is made of. */
export * as graphs from './graphs.ts';
export { nearestName } from './nameLookup.ts';
/** What the `lower` of an op of one's own is written with. */
export * as nests from './nest/lowering.ts';
export type { Nest, NestAxis, Reduction, Store, SumRule } from './nest/nest.ts';
/** Scalar expressions: the body of an op of one's own. */
export * as scalar from './nest/scalar.ts';
export type { Activation, ActivationName } from './nn/activations.ts';
export * as initializers from './nn/initializers/index.ts';
export type { Layer } from './nn/layer.ts';
export * from './nn/layers/index.ts';
export {
  type BinaryFocalOptions,
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  type FocalOptions,
  type HuberOptions,
  huber,
  type LabelSmoothingOptions,
  type Loss,
  type LossName,
  losses,
  sparseCategoricalCrossentropy,
  sparseCategoricalFocalCrossentropy,
} from './nn/losses/index.ts';
export {
  type AucOptions,
  auc,
  binaryAccuracyAt,
  type ClassMetricOptions,
  f1,
  type Matrix,
  type Metric,
  type MetricName,
  metrics,
  precision,
  type RowMetric,
  recall,
  type SummedMetric,
  topKAccuracy,
} from './nn/metrics/index.ts';
export { type InputType, type Model, type ModelOptions, model } from './nn/model.ts';
export type { Scope, VariableOptions } from './nn/scope.ts';
export { numericsVersion } from './numericsVersion.ts';
export * as ops from './ops/index.ts';
export type {
  AdamOptions,
  LearningRate,
  Optimizer,
  OptimizerName,
  ParameterGroup,
  PathPattern,
  Schedule,
  UpdateContext,
  UpdateResult,
  WeightAverageOptions,
} from './optim/index.ts';
export { schedules } from './optim/index.ts';
export * from './optim/optimizers.ts';
export type { DType } from './tensor/dtype.ts';
export type { TensorType } from './tensor/tensorType.ts';
export * from './train/index.ts';
