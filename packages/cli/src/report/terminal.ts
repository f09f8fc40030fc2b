import { styleText } from 'node:util';
import type { DoneEvent, StepEvent } from '@lockstep/core';
import { createLogUpdate } from 'log-update';
import { count, describeDone, describeEpoch, describeStart, number } from './describe.ts';
import { isShown } from './plain.ts';
import type { Reporter } from './reporter.ts';

const barWidth = 30;

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `${'━'.repeat(full)}${styleText('dim', '━'.repeat(barWidth - full))}`;
}

function progress({ epoch, step, totalSteps, loss, samplesPerSecond }: StepEvent): string {
  const share = step / totalSteps;
  return `${bar(share)} ${Math.floor(100 * share)} %  epoch ${epoch}  loss ${number(loss)}  ${count(samplesPerSecond)} samples/s`;
}

function result(event: DoneEvent): string {
  return describeDone(event)
    .map((text) => (/^(held-out|weights) /.test(text) ? styleText('bold', text) : text))
    .join('\n');
}

/** A progress bar below one line an epoch, for people. Colours go when NO_COLOR is set. */
export function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  const live = createLogUpdate(stream);
  const line = (text: string): void => {
    live.clear();
    stream.write(`${text}\n`);
  };
  return {
    listener: (event) => {
      if (event.type === 'start') line(describeStart(event));
      if (event.type === 'step') live(progress(event));
      if (event.type === 'epoch' && isShown(event.epoch, event.epochs)) line(describeEpoch(event));
      if (event.type === 'checkpoint') line(`checkpoint ${event.path}`);
      if (event.type === 'warning') line(styleText('yellow', `warning: ${event.message}`));
      if (event.type === 'done') line(result(event));
    },
    note: line,
    close: () => {
      live.clear();
      live.done();
    },
  };
}
