import { styleText } from 'node:util';
import type { TrainingEvent } from '@lockstep/core';
import { describeDone, describeEpoch, describeReduce, describeStart } from './describe.ts';
import type { Reporter } from './reporter.ts';

/** An event as lines for people, with colours if the stream has them: not for NO_COLOR, in a pipe only for FORCE_COLOR. */
export function eventLines(event: TrainingEvent, stream: NodeJS.WritableStream): readonly string[] {
  if (event.type === 'start') return [describeStart(event)];
  if (event.type === 'reduce') return [describeReduce(event)];
  if (event.type === 'epoch') return [describeEpoch(event)];
  if (event.type === 'checkpoint') return [`checkpoint ${event.path}`];
  if (event.type === 'warning') return [styleText('yellow', `warning: ${event.message}`, { stream })];
  if (event.type !== 'done') return [];
  return describeDone(event).map((text) =>
    /^(?:held-out|weights) /.test(text) ? styleText('bold', text, { stream }) : text,
  );
}

/** One line an epoch, for pipes and logs. */
export function plainReporter(stream: NodeJS.WritableStream): Reporter {
  const line = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    listener: (event) => {
      for (const text of eventLines(event, stream)) line(text);
    },
    note: line,
    close: () => {},
  };
}
