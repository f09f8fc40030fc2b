/** Exit code of a process that Ctrl-C ended. */
const interrupted = 130;

/** What Ctrl-C does to a run. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

/**
 * Turns the first Ctrl-C into an abort signal, so that a run can end in order; the second ends the process.
 *
 * @param onFirst - tells the user
 */
export function abortOnInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(interrupted);
    controller.abort();
    onFirst();
  };
  process.on('SIGINT', handle);
  return { signal: controller.signal, release: () => process.off('SIGINT', handle) };
}
