import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LockstepProcessOptions {
  readonly cwd?: string;
  /** Beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called whenever there is output, with all of it so far. */
  onOutput?(child: ChildProcess, all: string): void;
}

/** Runs the command line in a process of its own. */
export async function lockstep(
  args: readonly string[],
  { cwd, environment, onOutput }: LockstepProcessOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, ...environment } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(child, stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, stdout, stderr };
}

/** The objects of an output with one a line. */
export function parseLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
