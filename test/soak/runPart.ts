import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Part } from './parts.ts';

export interface PartResult {
  readonly passed: boolean;
  readonly seconds: number;
  /** What it printed, without colours and without the place of the checkout. */
  readonly output: string;
  /** How it ended, if not by itself. */
  readonly ended: string | undefined;
}

/** Runs a part in a process group of its own, which is killed as a whole when its time is up: it cannot hang. */
export async function runPart({ command, environment, minutes }: Part, root: string): Promise<PartResult> {
  const started = performance.now();
  const part = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pieces: string[] = [];
  for (const stream of [part.stdout, part.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      pieces.push(piece);
      process.stdout.write(piece);
    });
  let late = false;
  const watchdog = setTimeout(() => {
    late = true;
    if (part.pid !== undefined) process.kill(-part.pid, 'SIGKILL');
  }, minutes * 60_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    part.once('error', reject);
    part.once('close', resolve);
  });
  clearTimeout(watchdog);
  return {
    passed: code === 0,
    seconds: (performance.now() - started) / 1000,
    output: stripVTControlCharacters(pieces.join('')).replaceAll(root, '.').trim(),
    ended: late ? `killed after ${minutes} minutes` : undefined,
  };
}
