import { constants } from 'node:os';
import { brokenPipeCode, isBrokenPipe } from './brokenPipe.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** What Ctrl-C, or a request to end, does to a run. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Of a process that was asked to end: 130 after Ctrl-C, 143 after SIGTERM, 141 when nobody reads its output any more. */
  exitCode(): number;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

/**
 * Turns the first Ctrl-C or SIGTERM into an abort signal, so that a run can end in order; the second ends the process. So does
 * the end of whoever reads the output.
 *
 * @param onFirst - tells the user
 */
export function abortOnInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode = 0;
  const handle = (signal: (typeof signals)[number]): void => {
    exitCode = 128 + constants.signals[signal];
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
    onFirst();
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (!isBrokenPipe(error)) return;
    exitCode = brokenPipeCode;
    controller.abort();
  };
  for (const signal of signals) process.on(signal, handle);
  process.stdout.on('error', onOutputError);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      for (const signal of signals) process.off(signal, handle);
      process.stdout.off('error', onOutputError);
    },
  };
}
