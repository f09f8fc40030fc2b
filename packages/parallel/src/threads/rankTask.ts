import type { ProductCode, WorkerPrograms } from '@lockstep/core/rank';
import type { LocalProgram } from '../async/localTask.ts';
import type { CpuProfileOptions } from '../timeline/cpuProfile.ts';
import type { ChaosPoint } from './chaos.ts';
import type { SlowWorker } from './slowness.ts';
import type { VariableRange } from './variableCopies.ts';

/** All that a rank's thread is told: plain data, code, and the memory it shares with the others. */
export interface RankTask {
  readonly programs: WorkerPrograms;
  /** How replicas are trained apart, if they are: then the programs are compiled for one worker. */
  readonly local: LocalProgram | undefined;
  readonly module: WebAssembly.Module;
  /** Machine code that the module calls, if any. */
  readonly products: ProductCode | undefined;
  /** Whether the thread may call the system's functions. */
  readonly native: boolean;
  /** Of all tensors. */
  readonly memory: WebAssembly.Memory;
  /** The words of the group; see `shared/layout.ts`. */
  readonly control: SharedArrayBuffer;
  /** See {@link StepPlan}. */
  readonly plan: SharedArrayBuffer;
  /** See {@link VariableCopies}. */
  readonly copies: SharedArrayBuffer;
  readonly variables: VariableRange;
  /** Of each phase of each program: whether it changes variables. */
  readonly updating: readonly (readonly boolean[])[];
  /** Memory for a {@link SpanRing}, if what the rank does is to be recorded. */
  readonly timeline: SharedArrayBuffer | undefined;
  readonly cpuProfile: CpuProfileOptions | undefined;
  /** The newest command when the rank was made: it waits for the one after it. */
  readonly command: number;
  /** Milliseconds that it waits for others at a barrier. */
  readonly deadline: number;
  readonly chaos: readonly ChaosPoint[];
  readonly chaosHappened: SharedArrayBuffer;
  readonly slow: SlowWorker | undefined;
}
