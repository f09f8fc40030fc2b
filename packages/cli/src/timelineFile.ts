import { writeFileDurably } from '@lockstep/core/node';
import { chromeTrace, type Span } from '@lockstep/parallel';

/** Spans of each worker that a file holds: the newest. A step takes four of them where there are two phases. */
export const timelineCapacity = 65_536;

/** Writes what each worker did, as a trace that Perfetto and chrome://tracing open. */
export function writeTimeline(file: string, timelines: readonly (readonly Span[])[], name: string): void {
  writeFileDurably(file, JSON.stringify(chromeTrace(timelines, name)));
}
