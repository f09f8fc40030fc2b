import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fit } from '@lockstep/core';
import small from '../fixtures/runFiles/small.ts';
import { parseLines } from '../lockstepProcess.ts';
import type { FileCall } from './fileCall.ts';
import { type KillPoints, smallRun, watchedCommand } from './watchedCommand.ts';

/** How a process is to end: at a point, or by a signal so many milliseconds after it has first printed something. */
export interface Death extends KillPoints {
  readonly signal?: { readonly name: 'SIGKILL' | 'SIGINT' | 'SIGTERM'; readonly after: number };
}

/** A part of a run, made by one process. */
export interface Life {
  readonly workers: number;
  readonly death: Death;
}

export interface LifeEnd {
  /** The process died; ended in order because it was asked to; or was done before anything happened to it. */
  readonly how: 'killed' | 'stopped' | 'done';
  /** The step that the run went on from. */
  readonly from: number;
  readonly calls: readonly FileCall[];
  /** From when it first printed something to its end. */
  readonly milliseconds: number;
}

const undisturbed = (await fit(small)).weightsHash;

const asked = { SIGINT: 130, SIGTERM: 143, SIGKILL: Number.NaN };

/** Trains in a folder until the run is done or the process dies, and checks what it leaves. */
async function live(folder: string, { workers, death: { signal, ...kill } }: Life, saved: number) {
  let timer: NodeJS.Timeout | undefined;
  let printed = Number.NaN;
  const flags = ['--out', 'run', '--resume', '--checkpoint-steps', '1', '--keep-last', '2', '--json'];
  const { code, stdout, stderr, calls } = await watchedCommand(
    folder,
    ['train', smallRun, ...flags, '--workers', String(workers)],
    {
      kill,
      onOutput: (child) => {
        if (Number.isNaN(printed)) {
          printed = performance.now();
          if (signal) timer = setTimeout(() => child.kill(signal.name), signal.after);
        }
      },
    },
  );
  clearTimeout(timer);
  const milliseconds = performance.now() - printed;
  const isStopped = signal !== undefined && code === asked[signal.name];
  assert.ok(code === null || code === 0 || isStopped, `exit code ${code}: ${stderr}`);
  const events = stdout === '' ? [] : parseLines(stdout.slice(0, stdout.lastIndexOf('\n')));
  const [start] = events;
  const from = Number(start?.['resumedAt'] ?? 0);
  const told = events.filter(({ type }) => type === 'checkpoint').map(({ step }) => Number(step));
  // What was told to be saved is there.
  if (start?.['type'] === 'start') assert.ok(from >= saved, `resumed at ${from}, after ${saved} was saved`);
  const done = events.findLast(({ type }) => type === 'done');
  if (code === 0) assert.equal(done?.['weightsHash'], undisturbed);
  // A run that is asked to end saves first.
  if (isStopped) assert.equal(told.at(-1), done?.['steps']);
  const how = code === null ? 'killed' : isStopped ? 'stopped' : 'done';
  const end: LifeEnd = { how, from, calls, milliseconds };
  return { end, saved: Math.max(saved, ...told) };
}

/**
 * Trains a small run in a folder by one process after another, each of which may die, and then by one that may not.
 *
 * @returns what became of each but the last
 * @throws AssertionError when the run does not end in the bits of one that nothing happened to, when something is lost that was told
 * to be saved, or when something is left lying about
 */
export async function runLives(folder: string, lives: readonly Life[]): Promise<readonly LifeEnd[]> {
  const ends: LifeEnd[] = [];
  let saved = 0;
  for (const life of lives) {
    const lived = await live(folder, life, saved);
    ends.push(lived.end);
    saved = lived.saved;
  }
  const last = await live(folder, { workers: 1 + (lives.length % 3), death: {} }, saved);
  assert.equal(last.end.how, 'done');
  const run = join(folder, 'run');
  assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), [
    'step-000000015.ckpt',
    'step-000000016.ckpt',
  ]);
  const lines = parseLines(readFileSync(join(run, 'metrics.jsonl'), 'utf8'));
  const epochs = lines.filter(({ type }) => type === 'epoch').map(({ epoch }) => epoch);
  assert.deepEqual(epochs, [1, 2, 3, 4]);
  return ends;
}
