import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { untilQuiet } from '../engine/quiet.ts';
import { installedCommand } from './installPacked.ts';

/** What is timed of a process: from its start until its output has a text in it, or until its end. */
interface ColdStart {
  readonly name: string;
  readonly args: readonly string[];
  readonly until?: string;
  /** Milliseconds that it may take. */
  readonly target?: number;
}

const out = 'out';
const oneStep = ['train', 'examples/digits/train.ts', '--json', '--out', out, '--set', 'maxSteps=1'];

/** The run ends after its first step: what is told of it then has the rows held out judged too. */
const coldStarts: readonly ColdStart[] = [
  { name: '`lockstep --help`', args: ['--help'], target: 150 },
  { name: '`lockstep train --help`', args: ['train', '--help'] },
  {
    name: '`lockstep train` on digits: compiled, weights initialised',
    args: oneStep,
    until: '"type":"start"',
  },
  {
    name: 'the same: first step made, rows held out judged',
    args: oneStep,
    until: '"type":"epoch"',
    target: 500,
  },
  { name: 'the same: saved and ended', args: oneStep },
];

async function milliseconds({ args, until }: ColdStart, folder: string): Promise<number> {
  rmSync(join(folder, out), { recursive: true, force: true });
  const started = performance.now();
  const child = spawn(process.execPath, [installedCommand(folder), ...args], { cwd: folder });
  let seen: number | undefined;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (until !== undefined && output.includes(until)) seen ??= performance.now() - started;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`lockstep ${args.join(' ')} ended with ${code}`);
  return seen ?? performance.now() - started;
}

export interface ColdStartTimes extends ColdStart {
  readonly times: readonly number[];
}

/** Times processes that begin with nothing but what Node.js has cached of earlier ones. */
export async function measureColdStarts(
  folder: string,
  rounds: number,
  log: (line: string) => void,
): Promise<readonly ColdStartTimes[]> {
  const times = coldStarts.map((): number[] => []);
  // The first round reads the files from disk and fills the cache.
  for (let round = 0; round <= rounds; round += 1) {
    await untilQuiet();
    for (const [at, coldStart] of coldStarts.entries()) {
      const time = await milliseconds(coldStart, folder);
      if (round > 0) times[at]?.push(time);
    }
    log(`  round ${round}/${rounds}: ${times.map((each) => each.at(-1)?.toFixed(0)).join(' ')} ms`);
  }
  return coldStarts.map((coldStart, at) => ({ ...coldStart, times: times[at] ?? [] }));
}
