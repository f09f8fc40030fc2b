import { join } from 'node:path';
import { writeFileDurably } from '@lockstep/core/node';
import { shareOfTime, spanKinds, summariseSpans } from '@lockstep/parallel';
import { alignedTable } from '../../report/alignedTable.ts';
import { number } from '../../report/describe.ts';
import { writeTimeline } from '../../timelineFile.ts';
import { describeRecording, shownRanks } from '../describeRecording.ts';
import { type PhaseTime, phaseTimes } from '../phaseTimes.ts';
import { type Recording, record } from '../recording.ts';
import { timelinePicture } from '../timelinePicture.ts';
import type { ProfileTool } from './profileTool.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const microseconds = (time: number): string => (Number.isNaN(time) ? '' : `${number(time)} us`);

const ranksOf = ({ threads }: Recording): readonly string[] => threads.slice(0, shownRanks);

function shareTable(recording: Recording): readonly string[] {
  const shares = recording.timelines
    .slice(0, shownRanks)
    .map((spans) => shareOfTime([summariseSpans(spans)]));
  const rows = spanKinds.map((kind) => [kind, ...shares.map((share) => percent(share[kind]))]);
  return alignedTable([['share of time', ...ranksOf(recording)], ...rows], [0]);
}

/**
 * Whoever is done first takes work of the others, so who takes long may differ from step to step: hence the extremes, where steps
 * are shared.
 */
function phaseTable(recording: Recording, phases: readonly PhaseTime[]): readonly string[] {
  const isShared = recording.workers > 1 && recording.mode === 'sync';
  const rows = phases.flatMap(({ phase, kind, busy, wait, longest, shortest }) => [
    [
      `phase ${phase}, ${kind}`,
      ...busy.slice(0, shownRanks).map(microseconds),
      ...(isShared ? [longest, shortest].map(microseconds) : []),
    ],
    ['  then waits', ...wait.slice(0, shownRanks).map(microseconds), ...(isShared ? ['', ''] : [])],
  ]);
  const extremes = isShared ? ['longest', 'shortest'] : [];
  return alignedTable([['median of a step', ...ranksOf(recording), ...extremes], ...rows], [0]);
}

/** `--tool trace`: what every rank did when. */
export const trace: ProfileTool = {
  name: 'trace',
  isSolo: false,
  isPage: false,
  profile: async ({ run, sharing, limits, folder, signal }) => {
    const recording = await record(run, { sharing, limits, signal });
    const { timelines, name } = recording;
    const title = describeRecording(recording);
    const [file, image] = [join(folder, 'timeline.json'), join(folder, 'timeline.svg')];
    writeTimeline(file, recording, name);
    writeFileDurably(image, timelinePicture(title, recording, sharing.mode.name));
    const phases = phaseTimes(timelines);
    return {
      lines: [title, '', ...shareTable(recording), '', ...phaseTable(recording, phases)],
      data: {
        workers: recording.workers,
        steps: recording.steps,
        samplesPerSecond: recording.rowsPerSecond,
        ranks: timelines.map(summariseSpans),
        phases,
      },
      files: [file, image],
    };
  },
};
