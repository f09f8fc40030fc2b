export { averagedWeights } from './averagedWeights.ts';
export type { Callback, CallbackAnswer, CallbackCommands, RendezvousEvent } from './callback.ts';
export { changeOptions, type RunSettings, type SettingValue } from './changeOptions.ts';
export {
  checkGradients,
  type GradientCheck,
  type GradientCheckOptions,
  type GradientComparison,
  type ParameterCheck,
} from './checkGradients.ts';
export { type CheckpointOptions, saveMinutes } from './checkpointOptions.ts';
export type { GradientVerdict } from './compareSlope.ts';
export type { ConvergenceOptions } from './convergence.ts';
export {
  type CrossValidation,
  crossValidate,
  type FoldResult,
  kFoldRuns,
  type Spread,
} from './crossValidate.ts';
export { defineRun, type Run } from './defineRun.ts';
export type { EarlyStoppingOptions } from './earlyStopping.ts';
export type {
  Engine,
  EngineFactory,
  PlannedStep,
  RunSteps,
  StepsOutcome,
  StepsResult,
  StopSignal,
  TensorAccess,
} from './engine.ts';
export type { EpochSums } from './epochSums.ts';
export { type Evaluation, evaluate } from './evaluate.ts';
export type {
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  MetricTables,
  MetricValues,
  ModeDescription,
  Norms,
  NormsEvent,
  ReduceEvent,
  RunMode,
  StartEvent,
  StepEvent,
  StopReason,
  TrainingEvent,
  TrainingListener,
  WarningEvent,
  WorkerStaleness,
} from './events.ts';
export { type ExecutorName, executors } from './executors.ts';
export {
  findLearningRate,
  type LearningRateFinding,
  type LearningRatePoint,
  type LearningRateSearch,
} from './findLearningRate.ts';
export { type FitOptions, type FitResult, fit } from './fit.ts';
export { type InspectOptions, inspectRun, type RunInspection } from './inspectRun.ts';
export type { LayerSummary, VariableCounts } from './layerSummaries.ts';
export type { MetricResults, MetricTotals } from './metricTotals.ts';
export type { MonitorOptions, MonitorState } from './monitor.ts';
export type { ComputeOptions } from './openEngine.ts';
export type { PlateauState, ReduceOnPlateauOptions } from './plateau.ts';
export { type Prediction, predict } from './predict.ts';
export type { RateSteering } from './rateSteering.ts';
export { RunControl } from './runControl.ts';
export { RunLostError } from './runLostError.ts';
export type { ClassWeights, LossOptions, MetricOptions, RunData, RunOptions } from './runOptions.ts';
export type { BestEpoch, LoopState, RunState } from './runState.ts';
export type { TensorboardOptions } from './tensorboardOptions.ts';
export type { Variables, VariableValue } from './variables.ts';
export { type NamedTensor, optimizerHash, weightsHash } from './weightsHash.ts';
