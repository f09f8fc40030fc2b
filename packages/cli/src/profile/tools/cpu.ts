import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '@lockstep/core/node';
import { alignedTable } from '../../report/alignedTable.ts';
import { describeRecording, shownRanks } from '../describeRecording.ts';
import { flamePicture } from '../flamePicture.ts';
import { record } from '../recording.ts';
import { type SelfTime, selfTimes } from '../selfTimes.ts';
import { type CpuProfile, trimProfile } from '../trimProfile.ts';
import type { ProfileTool } from './profileTool.ts';

/** The profile of one thread, without the warm-up. */
interface ThreadProfile {
  readonly thread: string;
  readonly functions: readonly SelfTime[];
}

/** Lines of a table, at most. */
const shownRankFunctions = 16;
const shownOtherFunctions = 4;
/** Longer names are cut. */
const longestName = 60;

const ending = '.cpuprofile';
const isRank = (thread: string): boolean => thread.startsWith('rank-') || thread === 'server';

/** `rank-2` before `rank-10`, the others after them. */
function byThread(a: string, b: string): number {
  return Number(isRank(b)) - Number(isRank(a)) || a.localeCompare(b, 'en', { numeric: true });
}

const percent = (share: number): string => (share === 0 ? '' : `${(100 * share).toFixed(1)} %`);
const shortened = (name: string): string =>
  name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;

/** The functions that take longest, with their share of each thread's time. */
function functionTable(threads: readonly ThreadProfile[], most: number): readonly string[] {
  const rows = new Map<string, { name: string; place: string; shares: number[] }>();
  for (const [position, { functions }] of threads.entries())
    for (const { name, place, share } of functions) {
      const row = rows.get(`${place} ${name}`) ?? { name, place, shares: threads.map(() => 0) };
      row.shares[position] = share;
      rows.set(`${place} ${name}`, row);
    }
  const sum = ({ shares }: { readonly shares: readonly number[] }): number =>
    shares.reduce((total, share) => total + share, 0);
  const sorted = [...rows.values()].sort((a, b) => sum(b) - sum(a)).slice(0, most);
  return alignedTable(
    [
      ['self time', '', ...threads.map(({ thread }) => thread.replace('-', ' '))],
      ...sorted.map(({ name, place, shares }) => [shortened(name), place, ...shares.map(percent)]),
    ],
    [0, 1],
  );
}

/** `--tool cpu`: which functions take the time of every thread. */
export const cpu: ProfileTool = {
  name: 'cpu',
  isSolo: false,
  isPage: false,
  profile: async ({ run, sharing, limits, folder, signal }) => {
    const recording = await record(run, { sharing, limits, signal, cpuProfile: { folder } });
    const title = describeRecording(recording);
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort(byThread);
    const files: string[] = [];
    const threads = names.map((thread): ThreadProfile => {
      const file = join(folder, `${thread}${ending}`);
      const whole: CpuProfile = JSON.parse(readFileSync(file, 'utf8'));
      const profile = trimProfile(whole, recording.from * 1000, recording.to * 1000);
      writeFileDurably(file, JSON.stringify(profile));
      const image = join(folder, `${thread}.svg`);
      writeFileDurably(image, flamePicture(`${thread.replace('-', ' ')} of ${title}`, profile));
      files.push(file, image);
      return { thread, functions: selfTimes(profile, isRank(thread)) };
    });
    const ranks = threads.filter(({ thread }) => isRank(thread)).slice(0, shownRanks);
    const others = threads.filter(({ thread }) => !isRank(thread));
    return {
      lines: [
        title,
        '',
        ...functionTable(ranks, shownRankFunctions),
        '',
        ...functionTable(others, shownOtherFunctions),
      ],
      data: {
        workers: recording.workers,
        steps: recording.steps,
        samplesPerSecond: recording.rowsPerSecond,
        threads,
      },
      files,
    };
  },
};
