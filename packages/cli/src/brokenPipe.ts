/** Exit code of a process whose output nobody reads any more: 128 + SIGPIPE, as with other programs. */
export const brokenPipeCode = 141;

/** Whether whoever read the output has closed it: `lockstep train run.ts | head -1`. */
export function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE';
}

/** Ends the process in silence when nobody reads its output, unless somebody else listens and ends it in order. */
export function endOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isBrokenPipe(error)) throw error;
    if (process.stdout.listenerCount('error') === 1) process.exit(brokenPipeCode);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!isBrokenPipe(error)) throw error;
  });
}
