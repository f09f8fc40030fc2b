import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fit } from '@lockstep/core';
import { takeCheckpoint } from '@lockstep/core/io';
import { CheckpointFolder } from '@lockstep/core/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../commandLine.ts';
import { loadRunFile } from '../loadRunFile.ts';

const runFile = fileURLToPath(new URL('../../../../examples/xor/train.ts', import.meta.url));

let folder = '';
let weights = '';
const inFolder = (...path: string[]): string => join(folder, ...path);
const checkpoint = (step: number): string =>
  inFolder('run', 'checkpoints', `step-${String(step).padStart(9, '0')}.ckpt`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-inspect-'));
  const run = await loadRunFile(runFile, { epochs: 12, maxSteps: 12, checkpoint: { everySteps: 5 } });
  const saved = new CheckpointFolder(inFolder('run', 'checkpoints'), { keepLast: 9 });
  const { weightsHash } = await fit(run, {
    onSave: async (state, done) => void (await saved.save(takeCheckpoint(run, state, done))),
  });
  weights = weightsHash;
  const versions = { lockstep: '0.1.0', node: '26.0.0' };
  const description = {
    name: 'xor',
    started: '2026-01-02T03:04:05.000Z',
    versions,
    runFile,
    changes: { epochs: 12 },
  };
  writeFileSync(inFolder('run', 'run.json'), JSON.stringify(description));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command in this process. */
async function inspect(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      output[name] += String(text);
      return true;
    }),
  );
  try {
    return { code: await runCommandLine(['inspect', ...args]), ...output };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('lockstep inspect of a run file', () => {
  it('shows layers, what they take, and where memory goes', async () => {
    const { code, stdout } = await inspect(runFile, '--workers', '2', '--batch-size', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^xor: 1 lane, seed \d+, numerics strict$/m);
    expect(stdout).toMatch(/^3,000 epochs of 2 steps of 3 rows: 6,000 steps in all$/m);
    expect(stdout).toMatch(/^layers\.0 +dense +\[2\] +6 +- +12$/m);
    expect(stdout).toMatch(/^total +9 +- +18$/m);
    expect(stdout).toMatch(/^memory for 2 workers: [\d.]+ KiB$/m);
    expect(stdout).toMatch(/^train\.rest +1 +1 +\d+ +\d+$/m);
  });

  it('prints a program, a graph, or those of another step', async () => {
    const { stdout: program } = await inspect(runFile, '--program');
    expect(program).toMatch(/^program train: batch size 4, 1 lanes/);
    expect(program).toMatch(
      /^ {2}layers\.0\.weight: float32 \[2, 2\], parameter .* at parameters \+ \d+, \d+ bytes$/m,
    );
    expect(program).toMatch(/^ +layers\.0\.weight\[i, j\] = /m);
    const { stdout: graph } = await inspect(runFile, '--graph', '--of', 'initial');
    expect(graph).toMatch(/^graph initial\n/);
    const { code, stderr } = await inspect(runFile, '--graph', '--of', 'trian');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/UNKNOWN_OPTION.*"trian".*initial, train/s)]);
  });

  it('says it all in one JSON object', async () => {
    const { stdout } = await inspect(runFile, '--json', '--program', '--graph', '--lr', '0.25');
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'inspection',
      of: 'run',
      configuration: { name: 'xor', batchSize: 4, rows: 4 },
      learningRates: { first: 0.25, last: 0.25 },
      layers: [
        { path: 'layers.0', parameters: 6, flops: 12 },
        { path: 'layers.1', parameters: 3, flops: 6 },
      ],
      totals: { parameters: 9, trained: 9, frozen: 0 },
      flops: { row: 18 },
      stepsPerEpoch: 1,
      program: { name: 'train', phases: expect.arrayContaining([{ kernels: expect.any(Array) }]) },
      graph: expect.stringContaining('graph train'),
    });
  });
});

describe('lockstep inspect of a saved run', () => {
  it('shows a run’s folder with every checkpoint, and what the newest whole one holds', async () => {
    const { code, stdout } = await inspect(inFolder('run'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^begun 2026-01-02T03:04:05.000Z by lockstep 0\.1\.0 on Node\.js 26\.0\.0/m);
    expect(stdout).toContain('changed: { epochs 12 }');
    expect(stdout).toMatch(
      /step-000000012\.ckpt +[\d.]+ KiB +whole\n.*step-000000010\.ckpt .*\n.*step-000000005\.ckpt/,
    );
    expect(stdout).toMatch(/^step 12: 12 whole epochs; the run is over$/m);
    expect(stdout).toMatch(/step-000000012\.ckpt: xor, seed \d+, mode sync$/m);
    expect(stdout).toContain(`weights ${weights}`);
    expect(stdout).toMatch(/^layers\.1\.weight +parameter +float32 \[2, 1\] +8 B +[0-9a-f]{8} /m);
    expect(stdout).toContain('the last 10 of 12 epochs');
    expect(stdout).toMatch(/^ +batchSize +4$/m);
  });

  it('tells a checkpoint that is cut short from a damaged one', async () => {
    const cut = inFolder('cut.ckpt');
    copyFileSync(checkpoint(5), cut);
    truncateSync(cut, 700);
    expect(await inspect(cut)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('CHECKPOINT_TRUNCATED'),
    });
    writeFileSync(inFolder('other.bin'), 'no checkpoint at all');
    expect(await inspect(inFolder('other.bin'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('CHECKPOINT_CORRUPT'),
    });
    const { stdout } = await inspect(checkpoint(5), '--json');
    const held = JSON.parse(stdout);
    expect(held).toMatchObject({
      of: 'checkpoint',
      step: 5,
      epoch: 4,
      done: null,
      formatVersion: 1,
      name: 'xor',
      mode: { name: 'sync' },
    });
    expect(held.tensors[0]).toMatchObject({ role: 'parameter', notFinite: 0 });

    const broken = inFolder('broken');
    mkdirSync(join(broken, 'checkpoints'), { recursive: true });
    copyFileSync(cut, join(broken, 'checkpoints', 'step-000000005.ckpt'));
    const listed = await inspect(broken);
    expect(listed).toMatchObject({ code: 3, stderr: expect.stringContaining('CHECKPOINT_TRUNCATED') });
    expect(listed.stdout).toMatch(/step-000000005\.ckpt +700 B +CHECKPOINT_TRUNCATED: it ends at byte 700/);
  });

  it('refuses what is no run, and flags that say nothing of a saved one', async () => {
    const empty = inFolder('empty');
    mkdirSync(empty);
    expect(await inspect(empty)).toMatchObject({ code: 3, stderr: expect.stringContaining('DATA_MISSING') });
    expect(await inspect(inFolder('nowhere'))).toMatchObject({ code: 3 });
    expect(await inspect(inFolder('nowhere.ts'))).toMatchObject({ code: 2 });
    expect(await inspect(inFolder('run'), '--program')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--program'),
    });
  });
});
