import { writeFileDurably } from '@lockstep/core/node';
import { chromeTrace, type TrainResult } from '@lockstep/parallel';

/** Spans of each worker that a file holds: the newest. A step takes four of them where there are two phases. */
export const timelineCapacity = 65_536;

/** Writes what each thread did, as a trace that Perfetto and chrome://tracing open. */
export function writeTimeline(
  file: string,
  { timelines, threads }: Pick<TrainResult, 'timelines' | 'threads'>,
  name: string,
): void {
  writeFileDurably(file, JSON.stringify(chromeTrace(timelines, name, threads)));
}
