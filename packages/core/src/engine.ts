// What an engine outside this package is made of (`@lockstep/core/engine`): programs from the compiler, code and memory
// for them, one worker's view of both, the seam that the training loop drives it by, and the loop itself; and graphs and
// programs as text.
export { type Compilation, type CompileOptions, compile, type ProgramSource } from './compile/compile.ts';
export type { ReduceMode } from './compile/explicitReduce.ts';
export { memoryKinds } from './compile/memoryPlan.ts';
export { arenaBytes, type SegmentBytes, segmentBases } from './compile/place.ts';
export { printProgram } from './compile/print.ts';
export { type Program, type Segment, segments } from './compile/program.ts';
export { type ProgramSummary, summariseProgram } from './compile/programSummary.ts';
export { simplify } from './compile/simplify.ts';
export { LockstepError } from './errors.ts';
export { isMadeBy, variableOp } from './graph/leaves.ts';
export { printGraph } from './graph/print.ts';
export { arenaPages, type EmittedModule, emitModule } from './kernels/module.ts';
export { emitReplicaMeeting } from './kernels/replicaMeeting.ts';
export { computedPoints } from './nest/computedPoints.ts';
export type { FloatArray } from './runtime/executor.ts';
export { Arena, createMemory, type InputRows } from './runtime/wasm/arena.ts';
export { probeWidth } from './runtime/wasm/probe.ts';
export { type InstallProducts, productInstaller } from './runtime/wasm/products.ts';
export { workerPrograms } from './runtime/wasm/workerPrograms.ts';
export {
  type BlockLoader,
  type BlockRead,
  type Engine,
  type EngineFactory,
  type PlannedStep,
  type PlannedStream,
  type RunSteps,
  requireSteps,
  type StepsOutcome,
  type StepsResult,
  type StopSignal,
  type TensorAccess,
} from './train/engine.ts';
export { answerLoop, fitResult } from './train/fit.ts';
export type { LoopHooks, LoopOptions } from './train/loopHooks.ts';
export type { DivergedStep, LoopOutcome } from './train/loopOutcome.ts';
export { stalenessOf } from './train/mergeStaleness.ts';
export type { OptimizerValues } from './train/optimizerValues.ts';
export { gradientProgram, inputNames, type PassPlan, type PassStep } from './train/pass.ts';
export { initialProgram, type PlannedVariable, type RunPlan } from './train/plan.ts';
export { type PreparedRun, prepareRun } from './train/prepareRun.ts';
export { RunControl } from './train/runControl.ts';
export { runLoop } from './train/runLoop.ts';
export { RunLostError } from './train/runLostError.ts';
export type { RunState } from './train/runState.ts';
export { soloEngine } from './train/soloEngine.ts';
export { type SplitOptions, updateShareName } from './train/splitGraphs.ts';
export { StepsLostError } from './train/stepsLostError.ts';
export {
  readVariables,
  type Variables,
  type VariableValue,
  writeVariables,
} from './train/variables.ts';
