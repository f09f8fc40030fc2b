import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineRun, dense, fit, fromArrays, sequential, sgd } from '@lockstep/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { train } from '../coordinator/train.ts';

/** Large enough that samples fall into kernels. */
const run = defineRun({
  data: fromArrays({
    x: Array.from({ length: 128 }, (_, row) => Array.from({ length: 256 }, (_, i) => ((row * i) % 17) / 17)),
    y: Array.from({ length: 128 }, (_, row) => [row % 2]),
  }),
  model: sequential(dense(256, { activation: 'tanh' }), dense(1)),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.01 }),
  epochs: 100,
  batchSize: 64,
});

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-profile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('every thread of a run writes what it did, on the clock of the timelines; no bit changes', async () => {
  const began = Date.now();
  const { weightsHash, timelines } = await train(run, {
    workers: 2,
    timeline: { capacity: 4096 },
    cpuProfile: { folder: join(folder, 'new', 'folder'), interval: 100 },
  });
  const ended = Date.now();
  expect(weightsHash).toBe((await fit(run)).weightsHash);
  const names = readdirSync(join(folder, 'new', 'folder')).sort();
  expect(names).toEqual(['coordinator', 'main', 'rank-0', 'rank-1'].map((name) => `${name}.cpuprofile`));
  for (const name of names) {
    const text = readFileSync(join(folder, 'new', 'folder', name), 'utf8');
    const { nodes, startTime, endTime, samples, timeDeltas }: Profiler.Profile = JSON.parse(text);
    expect(samples?.length).toBe(timeDeltas?.length);
    expect(startTime / 1000).toBeGreaterThan(began - 2);
    expect(endTime / 1000).toBeLessThan(ended + 2);
    const rank = /^rank-(\d)/.exec(name)?.[1];
    if (rank === undefined) continue;
    const functions = nodes.map(({ callFrame }) => callFrame.functionName);
    expect(functions).toContain('train.0');
    expect(functions).toContainEqual(expect.stringMatching(/^matmul.* 64x256/));
    const spans = timelines[Number(rank)] ?? [];
    expect(startTime / 1000).toBeLessThan(spans[0]?.start ?? 0);
    expect(endTime / 1000).toBeGreaterThan(spans.at(-1)?.end ?? Number.POSITIVE_INFINITY);
  }
});
