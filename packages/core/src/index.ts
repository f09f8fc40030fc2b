export * from './data/index.ts';
export type { ErrorCode, ErrorPlace, ExitCode, LockstepErrorDetails } from './errors.ts';
export { errorCatalogue, LockstepError } from './errors.ts';
export type { Activation, ActivationName } from './nn/activations.ts';
export * as initializers from './nn/initializers/index.ts';
export type { Layer } from './nn/layer.ts';
export * from './nn/layers/index.ts';
export { type Loss, type LossName, losses } from './nn/losses/index.ts';
export { binaryAccuracyAt, type Metric, type MetricName, metrics } from './nn/metrics/index.ts';
export { type InputType, type Model, type ModelOptions, model } from './nn/model.ts';
export type { Scope, VariableOptions } from './nn/scope.ts';
export { numericsVersion } from './numericsVersion.ts';
export * as ops from './ops/index.ts';
export { adam } from './optim/adam.ts';
export { adamw } from './optim/adamw.ts';
export type {
  AdamOptions,
  LearningRate,
  Optimizer,
  OptimizerName,
  Schedule,
  SgdOptions,
  UpdateContext,
  UpdateResult,
} from './optim/index.ts';
export { schedules } from './optim/index.ts';
export { sgd } from './optim/sgd.ts';
export * from './train/index.ts';
