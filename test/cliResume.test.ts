import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fit } from '@lockstep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import small from './fixtures/runFiles/small.ts';
import {
  type Ended,
  type LockstepProcessOptions,
  lockstep as lockstepIn,
  parseLines,
} from './lockstepProcess.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const smallRun = fixture('runFiles/small.ts');

let folder = '';
let folders = 0;
let undisturbed = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-resume-'));
  undisturbed = (await fit(small)).weightsHash;
});
afterAll(() => rmSync(folder, { recursive: true }));

const newFolder = (): string => {
  folders += 1;
  return join(folder, String(folders));
};

const lockstep = (args: readonly string[], onOutput?: LockstepProcessOptions['onOutput']): Promise<Ended> =>
  onOutput === undefined
    ? commandInProcess(args, { cwd: folder })
    : lockstepIn(args, { cwd: folder, onOutput });

const doneOf = ({ stdout }: Ended): Record<string, unknown> | undefined =>
  parseLines(stdout).find(({ type }) => type === 'done');

/** Names of the checkpoints in a run's folder. */
const checkpointsIn = (out: string): string[] => readdirSync(join(out, 'checkpoints')).sort();

/** A folder with a run that was interrupted in the middle of an epoch, with checkpoints of steps 1 to 6. */
async function interrupted(): Promise<string> {
  const out = newFolder();
  const flags = ['--workers', '2', '--checkpoint-steps', '1', '--keep-last', '9'];
  const killed = await lockstep(['train', smallRun, '--out', out, '--json', ...flags], (child, all) => {
    if (all.includes('step-000000006')) child.kill('SIGKILL');
  });
  expect(killed.code).toBe(null);
  for (const name of checkpointsIn(out))
    if (name > 'step-000000006.ckpt') rmSync(join(out, 'checkpoints', name));
  return out;
}

describe('lockstep train --resume', { timeout: 60_000 }, () => {
  it('goes on in the middle of an epoch, with another number of workers, to the same bits', async () => {
    const out = await interrupted();
    for (const workers of ['1', '3']) {
      const copy = newFolder();
      cpSync(out, copy, { recursive: true });
      const flags = ['--out', copy, '--resume', '--workers', workers, '--json'];
      const resumed = await lockstep(['train', smallRun, ...flags]);
      expect(resumed.stderr).toBe('');
      expect(parseLines(resumed.stdout)[0]).toMatchObject({ type: 'start', resumedAt: 6 });
      expect(doneOf(resumed)).toMatchObject({ epochs: 4, steps: 16, weightsHash: undisturbed });
      const metrics = parseLines(readFileSync(join(copy, 'metrics.jsonl'), 'utf8'));
      const epochs = metrics.filter(({ type }) => type === 'epoch');
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
      const again = await lockstep(['train', smallRun, ...flags]);
      expect([again.code, parseLines(again.stdout)]).toEqual([0, [doneOf(resumed)]]);
    }
  });

  it('uses the checkpoint before damaged ones, and says what is wrong with them', async () => {
    const out = await interrupted();
    const newest = join(out, 'checkpoints', 'step-000000006.ckpt');
    truncateSync(newest, readFileSync(newest).length - 100);
    const damaged = join(out, 'checkpoints', 'step-000000005.ckpt');
    writeFileSync(damaged, readFileSync(damaged).fill(7, 900, 901));
    const named = await lockstep(['train', smallRun, '--out', newFolder(), '--resume', damaged]);
    expect([named.code, named.stderr]).toEqual([3, expect.stringContaining('CHECKPOINT_CORRUPT')]);
    const resumed = await lockstep(['train', smallRun, '--out', out, '--resume', '--json']);
    const [start, ...events] = parseLines(resumed.stdout);
    expect(start).toMatchObject({ resumedAt: 4 });
    const warnings = events.filter(({ type }) => type === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringMatching(/^the checkpoint is cut short \(in .*step-000000006.ckpt\).*is used$/s),
      expect.stringMatching(/^the checkpoint is damaged, or none \(in .*step-000000005.ckpt\).*is used$/s),
    ]);
    expect(doneOf(resumed)?.['weightsHash']).toBe(undisturbed);
    // Damaged ones are not kept in the place of whole ones.
    expect(checkpointsIn(out)).toEqual(['step-000000003.ckpt', 'step-000000004.ckpt', 'step-000000016.ckpt']);
  });

  it('starts at step 0 without a checkpoint, and says so', async () => {
    const out = newFolder();
    const started = await lockstep(['train', smallRun, '--out', out, '--resume', '--json']);
    expect(parseLines(started.stdout)[1]).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('the run starts at step 0'),
    });
    expect(doneOf(started)?.['weightsHash']).toBe(undisturbed);
  });

  it('takes a checkpoint or a folder by its path, and refuses those of another run', async () => {
    const out = await interrupted();
    const checkpoint = join(out, 'checkpoints', 'step-000000003.ckpt');
    const other = newFolder();
    const branch = await lockstep(['train', smallRun, '--out', other, '--resume', checkpoint, '--json']);
    expect(parseLines(branch.stdout)[0]).toMatchObject({ resumedAt: 3 });
    expect(doneOf(branch)?.['weightsHash']).toBe(undisturbed);
    expect(checkpointsIn(other)).toEqual(['step-000000016.ckpt']);
    expect(checkpointsIn(out)).toHaveLength(6);

    const resume = (...flags: string[]) => lockstep(['train', smallRun, '--resume', ...flags]);
    const changed = await resume(out, '--batch-size', '4');
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringContaining('at run.batchSize')]);
    const taken = await resume(out, '--out', other);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('OUT_EXISTS')]);
    const missing = await resume(join(folder, 'nowhere'));
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('nothing to resume')]);
    const newer = await lockstep(['train', smallRun, '--out', out]);
    expect([newer.code, newer.stderr]).toEqual([2, expect.stringContaining('--resume')]);

    const whole = await resume(out, '--json');
    expect(parseLines(whole.stdout)[0]).toMatchObject({ resumedAt: 6 });
    expect(doneOf(whole)?.['weightsHash']).toBe(undisturbed);
    expect(checkpointsIn(out)).toEqual(['step-000000005.ckpt', 'step-000000006.ckpt', 'step-000000016.ckpt']);
  });

  it('saves first when it is interrupted', async () => {
    const out = newFolder();
    let isAsked = false;
    const ended = await lockstep(
      ['train', fixture('runFiles/endless.ts'), '--out', out, '--json'],
      (child, all) => {
        if (!isAsked && all.includes('"epoch":20,')) isAsked = child.kill('SIGINT');
      },
    );
    expect(ended.code).toBe(130);
    const [last, done] = parseLines(ended.stdout).slice(-2);
    expect([last?.['type'], done?.['reason']]).toEqual(['checkpoint', 'aborted']);
    expect(checkpointsIn(out)).toHaveLength(1);
    expect(last?.['step']).toBe(done?.['steps']);
  });
});
