import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Processor time that others may take of a round before it counts as disturbed, as a share of its wall-clock time. */
const tolerated = 0.1;
/** Processor time that a thread which never waits gets at least of an undisturbed round. */
const undisturbed = 0.97;
const ticksPerSecond = 100;

/** Seconds that all processors have been busy since the machine started; undefined where that cannot be read. */
function busySeconds(): number | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + interrupts + softInterrupts + stolen) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

export interface Timing {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface Watched<T extends Timing> {
  readonly result: T;
  /** Something else ran meanwhile: another process, or another guest of the same machine. */
  readonly disturbed: boolean;
}

/**
 * Does work, and says whether it had the machine to itself.
 *
 * @param isBusy - whether it keeps at least one thread busy all the time: then it must not have had to wait for a processor
 */
export async function watch<T extends Timing>(work: () => Promise<T>, isBusy = true): Promise<Watched<T>> {
  const before = busySeconds();
  const result = await work();
  const after = busySeconds();
  const { seconds, cpuSeconds } = result;
  const others = before === undefined || after === undefined ? 0 : after - before - cpuSeconds;
  const waited = isBusy && cpuSeconds < undisturbed * seconds;
  return { result, disturbed: waited || others > tolerated * seconds + 2 / ticksPerSecond };
}

/** Waits until the machine has been idle for a quarter of a second, or for a minute. */
export async function untilQuiet(): Promise<void> {
  const window = 0.25;
  for (let tries = 0; tries < 60 / window; tries++) {
    const before = busySeconds();
    await setTimeout(window * 1000);
    const after = busySeconds();
    if (before === undefined || after === undefined || after - before <= tolerated * window) return;
  }
}
