import { recordCpuProfile } from '../timeline/cpuProfile.ts';
import { FreeRank } from './freeRank.ts';
import type { FreeTask } from './freeTask.ts';

/** The one long task of a thread: ends when the host closes the engine. */
export default function runFreeRank(task: FreeTask): void {
  const { cpuProfile, programs } = task;
  const finishProfile = cpuProfile && recordCpuProfile(cpuProfile, `rank-${programs.rank}`);
  new FreeRank(task).run();
  finishProfile?.();
}
