import { readFileSync, writeFileSync } from 'node:fs';

const status = '/proc/self/status';

/** Linux forgets its high-water mark of resident memory when it is asked to; elsewhere the mark only rises. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peakResident(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return (
    Number(/^VmHWM:\s+(?<kilobytes>\d+)/m.exec(readFileSync(status, 'latin1'))?.groups?.['kilobytes']) * 1024
  );
}

/**
 * Does something, and measures how much more memory the process had at some moment of it than before, in bytes: resident pages, or
 * array buffers, whose pages become resident only when they are written to.
 */
export async function peakMemory(act: () => unknown): Promise<number> {
  forgetPeak();
  const resident = peakResident();
  const { arrayBuffers } = process.memoryUsage();
  await act();
  return Math.max(peakResident() - resident, process.memoryUsage().arrayBuffers - arrayBuffers);
}
