import type fs from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Checkpoint } from '../io/checkpoint.ts';
import { takeCheckpoint } from '../io/takeCheckpoint.ts';
import { defineRun } from '../train/defineRun.ts';
import { fit } from '../train/fit.ts';
import { smallRunOptions } from '../train/testing/smallRun.ts';
import { CheckpointFolder } from './checkpointFolder.ts';

/** Calls to the file system, with the name of the file, in order. */
const trace: string[] = [];
const failing = vi.hoisted(() => ({ call: '' }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const names = new Map<number, string>();
  const note = (call: string, name: string): void => {
    trace.push(`${call} ${name}`);
    if (call === failing.call) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };
  const nameOf = (handle: number): string => names.get(handle) ?? '?';
  return {
    ...real,
    openSync: (path: string, flags: string) => {
      const handle = real.openSync(path, flags);
      names.set(handle, basename(path).replace(/\.\d+\.tmp$/, '.tmp'));
      note('open', nameOf(handle));
      return handle;
    },
    writeSync: (handle: number, bytes: Uint8Array, at: number) => {
      note('write', nameOf(handle));
      return real.writeSync(handle, bytes, at);
    },
    readSync: (handle: number, ...rest: [Uint8Array, number, number, number]) => {
      note('read', nameOf(handle));
      return real.readSync(handle, ...rest);
    },
    fsyncSync: (handle: number) => {
      note('fsync', nameOf(handle));
      real.fsyncSync(handle);
    },
    closeSync: (handle: number) => {
      note('close', nameOf(handle));
      real.closeSync(handle);
    },
    renameSync: (from: string, to: string) => {
      note('rename', basename(to));
      real.renameSync(from, to);
    },
    rmSync: (path: string, options: fs.RmOptions) => {
      note('rm', basename(path).replace(/\.\d+\.tmp$/, '.tmp'));
      real.rmSync(path, options);
    },
  };
});

const run = defineRun({ ...smallRunOptions, checkpoint: { everyEpochs: 1 } });
const checkpoints: Checkpoint[] = [];
let folder = '';
let path = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-checkpoints-'));
  await fit(run, { onSave: (state, done) => void checkpoints.push(takeCheckpoint(run, state, done)) });
});
beforeEach(() => {
  failing.call = '';
  path = join(mkdtempSync(join(folder, 'run-')), 'checkpoints');
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (step: number): string => `step-${String(step).padStart(9, '0')}.ckpt`;

describe('a folder of checkpoints', () => {
  it('writes beside, syncs, renames, syncs the folder, reads back, and only then deletes', async () => {
    const kept = new CheckpointFolder(path, { keepLast: 1 });
    await kept.save(checkpoints[0]!);
    trace.length = 0;
    await kept.save(checkpoints[1]!);
    // Reads and writes in a row are one.
    const calls = trace.filter((call, at) => call !== trace[at - 1]);
    expect(calls).toEqual([
      `open ${fileOf(10)}.tmp`,
      `write ${fileOf(10)}.tmp`,
      `fsync ${fileOf(10)}.tmp`,
      `close ${fileOf(10)}.tmp`,
      `rename ${fileOf(10)}`,
      'open checkpoints',
      'fsync checkpoints',
      'close checkpoints',
      `open ${fileOf(10)}`,
      `read ${fileOf(10)}`,
      `close ${fileOf(10)}`,
      `rm ${fileOf(5)}`,
    ]);
    expect((await kept.newest()).stored).toEqual({
      file: join(path, fileOf(10)),
      checkpoint: checkpoints[1],
    });
  });

  it.each(['open', 'write', 'fsync', 'close', 'rename', 'read'])(
    'fails, and keeps the checkpoint before, when it cannot %s',
    async (call) => {
      const kept = new CheckpointFolder(path, { keepLast: 1 });
      await kept.save(checkpoints[0]!);
      failing.call = call;
      await expect(kept.save(checkpoints[1]!)).rejects.toMatchObject({
        code: 'NOT_WRITABLE',
        got: 'no space left',
      });
      failing.call = '';
      expect(readdirSync(path)).toContain(fileOf(5));
      const { stored } = await kept.newest();
      expect([checkpoints[0], checkpoints[1]]).toContainEqual(stored?.checkpoint);
    },
  );

  it('keeps the newest ones and the best, in another process too', async () => {
    const judged = { keepLast: 2, keepBest: { monitor: 'val.accuracy' } };
    const losses = checkpoints.map(({ state }) => state.loop.history.at(-1)?.valMetrics?.['accuracy'] ?? 0);
    const best = losses.indexOf(Math.max(...losses));
    for (const checkpoint of checkpoints) await new CheckpointFolder(path, judged).save(checkpoint);
    const steps = checkpoints.map(({ state }) => state.loop.stepsMade);
    const wanted = new Set([steps[best], ...new Set(steps)].slice(0, 1));
    for (const step of [...new Set(steps)].slice(-2)) wanted.add(step);
    expect(readdirSync(path).sort()).toEqual([...wanted].map((step) => fileOf(step ?? 0)).sort());
    const unknown = new CheckpointFolder(path, { keepBest: { monitor: 'val.acuracy' } });
    await expect(unknown.save(checkpoints[0]!)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
  });

  it('passes over damaged ones, and deletes what a run that went back makes again', async () => {
    const kept = new CheckpointFolder(path, { keepLast: 2 });
    for (const checkpoint of checkpoints.slice(0, 3)) await kept.save(checkpoint);
    writeFileSync(join(path, fileOf(15)), readFileSync(join(path, fileOf(15))).subarray(0, -1));
    writeFileSync(join(path, `${fileOf(20)}.123.tmp`), 'of a process that was killed');
    const { stored, refused } = await kept.newest();
    expect(stored?.checkpoint).toEqual(checkpoints[1]);
    expect(refused).toMatchObject([
      { code: 'CHECKPOINT_TRUNCATED', where: { file: join(path, fileOf(15)) } },
    ]);
    await kept.save(checkpoints[0]!);
    expect(readdirSync(path)).toEqual([fileOf(5)]);
    expect(await new CheckpointFolder(join(folder, 'none')).newest()).toEqual({ refused: [] });
  });
});
