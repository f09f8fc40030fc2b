import { vi } from 'vitest';
import { runCommandLine } from '../packages/cli/src/commandLine.ts';

/** Runs the command line in this process; `vi.restoreAllMocks` gives it its output back. */
export async function commandInProcess(
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const code = await runCommandLine(args);
  return { code, stdout, stderr };
}
