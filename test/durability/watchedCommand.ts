import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChaosPoint } from '@lockstep/parallel';
import { type Ended, type LockstepProcessOptions, lockstep } from '../lockstepProcess.ts';
import type { FileCall } from './fileCall.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures', name);
const preloads = ['fileCalls.ts', 'killedRank.ts'].map(
  (name) => `--import=${pathToFileURL(fixture(name)).href}`,
);

/** 16 steps in four epochs. */
export const smallRun: string = fixture('runFiles/small.ts');

/** Where a command is killed from inside: in front of a file call, by its name, or by a rank. */
export interface KillPoints {
  readonly call?: string;
  readonly rank?: Omit<ChaosPoint, 'kind'>;
}

/** Runs a command in a folder, lists its file calls there, and kills it where it is said. */
export async function watchedCommand(
  folder: string,
  args: readonly string[],
  {
    kill = {},
    ...options
  }: Omit<LockstepProcessOptions, 'cwd' | 'environment'> & { readonly kill?: KillPoints } = {},
): Promise<Ended & { readonly calls: readonly FileCall[] }> {
  const to = `${folder}.calls`;
  const ended = await lockstep(args, {
    ...options,
    cwd: folder,
    environment: {
      NODE_OPTIONS: preloads.join(' '),
      FILE_CALLS_IN: folder,
      FILE_CALLS_TO: to,
      ...(kill.call !== undefined && { KILL_AT: kill.call }),
      ...(kill.rank && { KILL_RANK: JSON.stringify({ kind: 'kill', ...kill.rank }) }),
    },
  });
  const text = existsSync(to) ? readFileSync(to, 'utf8').trimEnd() : '';
  const calls = text === '' ? [] : text.split('\n').map((line): FileCall => JSON.parse(line));
  return { ...ended, calls };
}
