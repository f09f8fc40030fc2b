import { describeDone, describeEpoch, describeReduce, describeStart } from './describe.ts';
import type { Reporter } from './reporter.ts';

/** Epochs that a run of many is shown by. */
const shownEpochs = 50;

/** Whether to show an epoch: all of a short run, evenly spaced ones of a long run, and the last. */
export function isShown(epoch: number, epochs: number): boolean {
  return epoch % Math.ceil(epochs / shownEpochs) === 0 || epoch === epochs;
}

/** One line an epoch, for pipes and logs. */
export function plainReporter(write: (text: string) => void): Reporter {
  const line = (text: string): void => write(`${text}\n`);
  return {
    listener: (event) => {
      if (event.type === 'start') line(describeStart(event));
      if (event.type === 'reduce') line(describeReduce(event));
      if (event.type === 'epoch' && isShown(event.epoch, event.epochs)) line(describeEpoch(event));
      if (event.type === 'checkpoint') line(`checkpoint ${event.path}`);
      if (event.type === 'warning') line(`warning: ${event.message}`);
      if (event.type === 'done') for (const text of describeDone(event)) line(text);
    },
    note: line,
    close: () => {},
  };
}
