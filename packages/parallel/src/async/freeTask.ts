import type { ProductCode, WorkerPrograms } from '@lockstep/core/rank';
import type { ChaosPoint } from '../threads/chaos.ts';
import type { SlowWorker } from '../threads/slowness.ts';
import type { CpuProfileOptions } from '../timeline/cpuProfile.ts';
import type { FreeMode } from './modes.ts';
import type { ReplicaLayout } from './replicaLayout.ts';
import type { ShareTable } from './shareTables.ts';

/** What the host has workers do. `from` is always 0, `to` the number of steps of the row. */
export const freeCommands = { train: 0, plain: 1, close: 2 } as const;

/** Argument of a command: the steps are made even if a stop is asked for. */
export const mustEnd = 1;

/** How the order of a row's sections is decided: as it comes, or as it was; and whether it is written down. */
export type Ordering = 'free' | 'recorded' | 'replayed';

/** All that a thread is told that makes steps without meeting the others. */
export interface FreeTask {
  /** Compiled for one worker. */
  readonly programs: WorkerPrograms;
  readonly module: WebAssembly.Module;
  readonly products: ProductCode | undefined;
  readonly native: boolean;
  readonly memory: WebAssembly.Memory;
  readonly layout: ReplicaLayout;
  readonly mode: FreeMode;
  /** Threads that compute gradients. */
  readonly workers: number;
  readonly ordering: Ordering;
  readonly shares: readonly ShareTable[];
  /** See `updatingOf`. */
  readonly updating: readonly (readonly boolean[])[];
  /** The words of the group; see `shared/layout.ts`. */
  readonly control: SharedArrayBuffer;
  /** See {@link rowSlots}. */
  readonly row: SharedArrayBuffer;
  /** See {@link GradientQueue}. */
  readonly queue: SharedArrayBuffer;
  /** See {@link UnitPlan}. */
  readonly plan: SharedArrayBuffer;
  /** See {@link OrderLog}. Its first word is how many entries a replayed row has. */
  readonly order: SharedArrayBuffer;
  readonly timeline: SharedArrayBuffer | undefined;
  readonly cpuProfile: CpuProfileOptions | undefined;
  readonly command: number;
  readonly deadline: number;
  readonly chaos: readonly ChaosPoint[];
  readonly chaosHappened: SharedArrayBuffer;
  readonly slow: SlowWorker | undefined;
}
