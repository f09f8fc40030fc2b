import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { DownloadEvent, DownloadListener } from './downloadEvent.ts';

const barWidth = 30;
/** Milliseconds between two looks at the progress: on a terminal, and of one line each in a pipe. */
const [livePause, linePause] = [100, 10_000];

/** 9.9 MB */
export function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface DownloadReporter {
  readonly listener: DownloadListener;
  /** Says something that is no event. */
  note(text: string): void;
  close(): void;
}

/** Bytes a second since a download began. */
class Rate {
  private since = 0;
  private bytesThen = 0;

  begin(bytes: number, now: number): void {
    [this.since, this.bytesThen] = [now, bytes];
  }

  at(bytes: number, now: number): number {
    return now > this.since ? ((bytes - this.bytesThen) / (now - this.since)) * 1000 : 0;
  }
}

type Progress = Extract<DownloadEvent, { type: 'progress' }>;

/** 45 %  4.5 MB of 9.9 MB  2.1 MB/s  3 s left */
function describeProgress({ bytes, total }: Progress, rate: number): string {
  const parts = total
    ? [`${Math.floor((100 * bytes) / total)} %`, `${megabytes(bytes)} of ${megabytes(total)}`]
    : [];
  const left = total && rate > 0 ? [`${Math.ceil((total - bytes) / rate)} s left`] : [];
  return [...(total ? parts : [megabytes(bytes)]), `${megabytes(rate)}/s`, ...left].join('  ');
}

/** What is said in lines of any event but progress. */
function describe(event: Exclude<DownloadEvent, Progress>): string {
  if (event.type === 'kept') return `${event.file} is there, checksum right`;
  if (event.type === 'stored') return `${event.file} downloaded, checksum right`;
  if (event.type === 'warning') return `warning: ${event.message}`;
  const begun = event.from === 0 ? '' : `, going on after ${megabytes(event.from)}`;
  return `${event.file} from ${event.url}${begun}`;
}

function jsonReporter(stream: Output): DownloadReporter {
  let next = 0;
  return {
    listener: (event) => {
      if (event.type === 'progress' && Date.now() < next) return;
      if (event.type === 'progress') next = Date.now() + livePause;
      stream.write(`${JSON.stringify(event)}\n`);
    },
    note: () => {},
    close: () => {},
  };
}

/** Lines; and below them, or every ten seconds as one of them, how far the download is. */
function textReporter(stream: Output): DownloadReporter {
  const live = stream.isTTY ? createLogUpdate(stream) : undefined;
  const rate = new Rate();
  let next = 0;
  const line = (text: string): void => {
    live?.clear();
    stream.write(`${text}\n`);
  };
  const show = (event: Progress, now: number): void => {
    const text = describeProgress(event, rate.at(event.bytes, now));
    const full = Math.round((event.total ? event.bytes / event.total : 0) * barWidth);
    if (live === undefined) line(`${event.file}  ${text}`);
    else live(`${'━'.repeat(full)}${styleText('dim', '━'.repeat(barWidth - full), { stream })}  ${text}`);
  };
  return {
    listener: (event) => {
      const now = Date.now();
      if (event.type === 'download') {
        rate.begin(event.from, now);
        next = now + (live ? 0 : linePause);
      }
      if (event.type !== 'progress')
        line(event.type === 'warning' ? styleText('yellow', describe(event), { stream }) : describe(event));
      else if (now >= next) {
        show(event, now);
        next = now + (live ? livePause : linePause);
      }
    },
    note: line,
    close: () => {
      live?.clear();
      live?.done();
    },
  };
}

/** Says how a download goes: a bar on a terminal, lines in a pipe, or one JSON object a line. */
export function downloadReporter(stream: Output, json: boolean): DownloadReporter {
  return json ? jsonReporter(stream) : textReporter(stream);
}
