import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { LiveView } from './liveView.ts';
import { eventLines } from './plain.ts';
import type { Reporter } from './reporter.ts';

/** A terminal: an output stream that knows how wide it is and says when that changes. */
export type TerminalStream = NodeJS.WritableStream & { readonly columns?: number };

/** Epochs that a run of many leaves behind as lines. */
const shownEpochs = 50;
/** Milliseconds between two pictures: each was seen to take 1.5 ms of a processor that a worker may want. */
const pictureTime = 300;
/** What a terminal has that does not say. */
const usualColumns = 80;

/** Whether to show an epoch: all of a short run, evenly spaced ones of a long run, and the last. */
function isShown(epoch: number, epochs: number): boolean {
  return epoch % Math.ceil(epochs / shownEpochs) === 0 || epoch === epochs;
}

/** Lines as in a pipe, and below them a picture of how far the run is, which is drawn over itself. */
export function terminalReporter(stream: TerminalStream, view: LiveView = new LiveView()): Reporter {
  // The cursor is hidden while there is a picture, and comes back however the process ends.
  const live = createLogUpdate(stream);
  let drawnAt = Number.NEGATIVE_INFINITY;
  const line = (text: string): void => {
    live.clear();
    stream.write(`${text}\n`);
  };
  const draw = (): void => {
    drawnAt = performance.now();
    const { bar, progress, lines } = view.frame(stream.columns ?? usualColumns);
    const left = styleText('dim', '━'.repeat(bar.left), { stream });
    live([`${'━'.repeat(bar.done)}${left} ${progress}`, ...lines].join('\n'));
  };
  const drawSometimes = (): void => {
    if (performance.now() - drawnAt >= pictureTime) draw();
  };
  let isUnderWay = false;
  const redraw = (): void => {
    if (isUnderWay) draw();
  };
  stream.on('resize', redraw);
  return {
    listener: (event) => {
      if (event.type === 'start') view.start(event);
      if (event.type === 'step') view.step(event);
      if (event.type === 'epoch') view.epoch(event);
      if (event.type === 'start' || event.type === 'done') isUnderWay = event.type === 'start';
      const isLeftOut = event.type === 'epoch' && !isShown(event.epoch, event.epochs);
      const lines = isLeftOut ? [] : eventLines(event, stream);
      for (const text of lines) line(text);
      if (!isUnderWay || event.type === 'start') return;
      if (lines.length > 0) draw();
      else drawSometimes();
    },
    note: (text) => {
      line(text);
      redraw();
    },
    close: () => {
      stream.off('resize', redraw);
      live.clear();
      live.done();
    },
  };
}
