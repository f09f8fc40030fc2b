import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { count, describeDone, describeEpoch, describeReduce, describeStart, number } from './describe.ts';
import { isShown } from './plain.ts';
import type { Reporter } from './reporter.ts';

const barWidth = 30;

/** A progress bar below one line an epoch, for people. Colours go when NO_COLOR is set. */
export function terminalReporter(stream: NodeJS.WritableStream): Reporter {
  const live = createLogUpdate(stream);
  const line = (text: string): void => {
    live.clear();
    stream.write(`${text}\n`);
  };
  const bar = (share: number, text: string): void => {
    const full = Math.round(share * barWidth);
    const rest = styleText('dim', '━'.repeat(barWidth - full), { stream });
    live(`${'━'.repeat(full)}${rest} ${Math.floor(100 * share)} %  ${text}`);
  };
  return {
    listener: (event) => {
      if (event.type === 'start') line(describeStart(event));
      if (event.type === 'reduce') line(describeReduce(event));
      if (event.type === 'step') {
        const { epoch, step, totalSteps, loss, samplesPerSecond } = event;
        const text = `epoch ${epoch}  loss ${number(loss)}  ${count(samplesPerSecond)} samples/s`;
        bar(step / totalSteps, text);
      }
      if (event.type === 'epoch' && isShown(event.epoch, event.epochs)) {
        line(describeEpoch(event));
        if (event.epoch < event.epochs) bar(event.epoch / event.epochs, `epoch ${event.epoch + 1}`);
      }
      if (event.type === 'checkpoint') line(`checkpoint ${event.path}`);
      if (event.type === 'warning') line(styleText('yellow', `warning: ${event.message}`, { stream }));
      if (event.type === 'done')
        for (const text of describeDone(event))
          line(/^(held-out|weights) /.test(text) ? styleText('bold', text, { stream }) : text);
    },
    note: line,
    close: () => {
      live.clear();
      live.done();
    },
  };
}
