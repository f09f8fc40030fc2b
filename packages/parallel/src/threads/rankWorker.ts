import { recordCpuProfile } from '../timeline/cpuProfile.ts';
import { threadName } from '../timeline/threadName.ts';
import { Rank } from './rank.ts';
import type { RankTask } from './rankTask.ts';

/** The one long task of a rank's thread: ends when the host closes the engine. */
export default function runRank(task: RankTask): void {
  const { cpuProfile, programs } = task;
  const finishProfile = cpuProfile && recordCpuProfile(cpuProfile, threadName(programs.rank, programs.size));
  new Rank(task).run();
  finishProfile?.();
}
