import { recordCpuProfile } from '../timeline/cpuProfile.ts';
import { threadName } from '../timeline/threadName.ts';
import { FreeRank } from './freeRank.ts';
import type { FreeTask } from './freeTask.ts';

/** The one long task of a thread: ends when the host closes the engine. */
export default function runFreeRank(task: FreeTask): void {
  const { cpuProfile, programs, workers } = task;
  const finishProfile = cpuProfile && recordCpuProfile(cpuProfile, threadName(programs.rank, workers));
  new FreeRank(task).run();
  finishProfile?.();
}
