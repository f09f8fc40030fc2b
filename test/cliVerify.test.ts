import { fileURLToPath } from 'node:url';
import { defineRun, fit, optimizerHash } from '@lockstep/core';
import { train } from '@lockstep/parallel';
import { describe, expect, it } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import small from './fixtures/runFiles/small.ts';
import { parseLines } from './lockstepProcess.ts';

const runFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/runFiles/${name}.ts`, import.meta.url));

describe('lockstep verify', () => {
  it('trains every way and prints hashes that are all those of fit', async () => {
    const { code, stdout, stderr } = await commandInProcess([
      'verify',
      runFile('small'),
      '--steps',
      '7',
      '--workers',
      '1,3',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const { weightsHash, variables } = await fit(defineRun({ ...small.options, maxSteps: 7 }));
    const hashes = stdout.match(/(weights|optimizer) +sha256:[0-9a-f]{64}/g);
    expect(hashes).toHaveLength(8);
    expect(new Set(hashes)).toEqual(
      new Set([`weights   ${weightsHash}`, `optimizer ${optimizerHash(variables.values())}`]),
    );
    expect(stdout).toMatch(/all 4 trainings gave the same bits\n$/);
  });

  it('tries every way of reducing, with --json an object for each', async () => {
    const flags = ['--workers', '2', '--reduce', 'fused,tree,naive', '--steps', '3', '--seed', '8', '--json'];
    const { code, stdout } = await commandInProcess(['verify', runFile('small'), ...flags]);
    expect(code).toBe(0);
    const lines = parseLines(stdout);
    const { weightsHash } = await fit(defineRun({ ...small.options, maxSteps: 3, seed: 8 }));
    expect(lines.slice(0, -1).map(({ name, ...line }) => [name, line['weightsHash']])).toEqual(
      [
        'one thread, no workers',
        'the same without V8 flags',
        '2 workers, fused',
        '2 workers, tree',
        '2 workers, naive',
      ].map((name) => [name, weightsHash]),
    );
    expect(lines.at(-1)).toEqual({
      type: 'verified',
      mode: 'sync',
      equal: true,
      trainings: 5,
      differing: [],
    });
  });

  it('ends with 1 and says which differ', async () => {
    const { code, stdout } = await commandInProcess([
      'verify',
      runFile('seedOfTheProcess'),
      '--workers',
      '2',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('DIFFERENT: weights');
    expect(stdout).toMatch(
      /not the bits of "one thread, no workers": the same without V8 flags \(weights\)\n$/,
    );
  });

  it('in mode local compares numbers of workers with one', async () => {
    const mode = ['--mode', 'local', '--replicas', '3', '--local-steps', '2', '--outer-momentum', '0.5'];
    const flags = [...mode, '--workers', '1,2,4', '--steps', '9', '--json'];
    const { code, stdout, stderr } = await commandInProcess(['verify', runFile('small'), ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    const nine = defineRun({ ...small.options, maxSteps: 9 });
    const { weightsHash } = await train(nine, {
      workers: 2,
      mode: { name: 'local', replicas: 3, steps: 2, outerMomentum: 0.5 },
    });
    const lines = parseLines(stdout);
    expect(lines.slice(0, -1)).toMatchObject(
      ['1 worker, the reference', '2 workers', '4 workers'].map((name) => ({
        name,
        mode: 'local',
        weightsHash,
        differs: [],
      })),
    );
    expect(weightsHash).not.toBe((await fit(nine)).weightsHash);
    expect(lines.at(-1)).toMatchObject({ type: 'verified', mode: 'local', equal: true, trainings: 3 });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a mode whose bits follow from chance', ['--mode', 'stale', '--bound', '2'], ['--mode', '--record']],
    ['ways of reducing where nothing is', ['--mode', 'local', '--reduce', 'auto,tree'], ['--reduce']],
    ['a reference alone', ['--mode', 'local', '--workers', '1'], ['--workers', 'Give another number']],
    ['a flag of another mode', ['--replicas', '2'], ['--replicas', 'add --mode local']],
  ])('refuses %s', async (_, flags, says) => {
    const { code, stdout, stderr } = await commandInProcess(['verify', runFile('small'), ...flags]);
    expect([code, stdout]).toEqual([2, '']);
    for (const text of says) expect(stderr).toContain(text);
  });

  it('refuses a limit of no steps', async () => {
    const { code, stderr } = await commandInProcess(['verify', runFile('small'), '--steps', '0']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('run.maxSteps')]);
  });
});
