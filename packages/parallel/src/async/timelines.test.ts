import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineRun, dense, fromArrays, sequential, sgd } from '@lockstep/core';
import { expect, it } from 'vitest';
import { train } from '../coordinator/train.ts';

const rows = (count: number): { x: number[][]; y: number[][] } => ({
  x: Array.from({ length: count }, (_, row) => [row % 7]),
  y: Array.from({ length: count }, (_, row) => [row % 3]),
});

/** Three epochs of 40 mini-batches and one of validation; step 0 sets the initial values. */
const run = defineRun({
  data: { train: fromArrays(rows(80)), validation: fromArrays(rows(10)) },
  model: sequential(dense(4, { activation: 'tanh' }), dense(1)),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.01 }),
  epochs: 3,
  batchSize: 2,
});

it.each([
  { mode: 'hogwild', names: ['rank 0', 'rank 1'] },
  { mode: 'stale', names: ['rank 0', 'rank 1'] },
  { mode: 'server', names: ['rank 0', 'rank 1', 'server'] },
] as const)('steps of all epochs have numbers of their own: $mode', async ({ mode, names }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-timelines-'));
  const warnings: string[] = [];
  try {
    const { threads, timelines } = await train(run, {
      workers: 2,
      mode,
      timeline: { capacity: 4096 },
      cpuProfile: { folder },
      // In the third epoch: whoever comes there first.
      chaos: [0, 1].map((rank) => ({ kind: 'throw', rank, step: 110, phase: 0 })),
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.message);
      },
    });
    expect(threads).toEqual(names);
    const stepsOf = (kinds: string, ranks = timelines): readonly number[] => {
      const steps = ranks
        .flat()
        .flatMap(({ kind, phase, step }) => (`${kind}${phase}` === kinds ? [step] : []));
      return [...new Set(steps)].sort((a, b) => a - b);
    };
    const validations = 1;
    const all = Array.from({ length: 3 * (40 + validations) }, (_, at) => at + 1);
    const training = all.filter((step) => (step - 1) % (40 + validations) < 40);
    expect(stepsOf('compute0').filter((step) => step > 0)).toEqual(all);
    expect(stepsOf(mode === 'hogwild' ? 'update1' : 'update2').filter((step) => step > 0)).toEqual(training);
    if (mode === 'server') expect(stepsOf('update2', timelines.slice(2))).toEqual(training);
    expect(warnings.join()).toContain('fails at step 110, 0');
    const profiles = names.map((name) => `${name.replace(' ', '-')}.cpuprofile`);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(profiles));
    expect(readdirSync(folder)).toHaveLength(2 + names.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
