export { checkMode, modeNames } from './async/checkMode.ts';
export { checkModeUses, type ModeDependent } from './async/checkModeUses.ts';
export type {
  HogwildMode,
  LocalMode,
  Mode,
  ModeName,
  ServerMode,
  StaleMode,
  SyncMode,
} from './async/mode.ts';
export { recordableModes } from './async/modes.ts';
export {
  startTraining,
  type Training,
  type TrainOptions,
  type TrainResult,
  train,
} from './coordinator/train.ts';
export type { ChaosKind, ChaosPoint } from './threads/chaos.ts';
export { compileShared } from './threads/compileForThreads.ts';
export type { SlowWorker } from './threads/slowness.ts';
export { threadsEngine } from './threads/threadsEngine.ts';
export type {
  EngineOptions,
  FailureOptions,
  ReduceChoice,
  ThreadsOptions,
  TimelineOptions,
} from './threads/threadsOptions.ts';
export type { Workers } from './threads/workers.ts';
export { type ChromeTrace, chromeTrace, type TraceEvent } from './timeline/chromeTrace.ts';
export type { CpuProfileOptions } from './timeline/cpuProfile.ts';
export { type Span, type SpanKind, spanKinds } from './timeline/spanRing.ts';
export { type SpanSummary, shareOfTime, summariseSpans } from './timeline/spanSummary.ts';
