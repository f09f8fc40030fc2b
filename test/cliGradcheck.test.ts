import { fileURLToPath } from 'node:url';
import { checkGradients } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import small from './fixtures/runFiles/small.ts';

const runFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/runFiles/${name}.ts`, import.meta.url));

describe('lockstep gradcheck', () => {
  it('prints a table for each parameter and ends with 0', async () => {
    const { code, stdout, stderr } = await commandInProcess(['gradcheck', runFile('small')]);
    expect([code, stderr]).toEqual([0, '']);
    const paths = [
      'layers.0.bias [9]',
      'layers.0.weight [2, 9]',
      'layers.2.bias [3]',
      'layers.2.weight [9, 3]',
    ];
    for (const path of paths) expect(stdout).toContain(`\n${path}\n`);
    expect(stdout.match(/^ {2}a direction( +-?\d[\d.e+-]*){3}$/gm)).toHaveLength(8);
    expect(stdout).toMatch(/every gradient is the slope of the loss, to 0\.000001\n$/);
  });

  it('with --json prints what checkGradients finds', async () => {
    const flags = ['--rows', '4', '--directions', '1', '--elements', '2', '--json'];
    const { code, stdout } = await commandInProcess(['gradcheck', runFile('small'), ...flags]);
    expect(code).toBe(0);
    const found = checkGradients(small, { rows: 4, directions: 1, elements: 2 });
    const printed: unknown = JSON.parse(stdout);
    expect(printed).toEqual({ type: 'gradcheck', name: 'small', steps: 0, ...found });
  });

  it('trains before, with --steps', async () => {
    const lossAfter = async (steps: number): Promise<unknown> => {
      const { stdout } = await commandInProcess([
        'gradcheck',
        runFile('small'),
        '--steps',
        `${steps}`,
        '--json',
      ]);
      return JSON.parse(stdout).loss;
    };
    expect(await lossAfter(15)).toBeLessThan(Number(await lossAfter(0)));
  });

  it('ends with 1 and says which gradients are wrong', async () => {
    const { code, stdout } = await commandInProcess(['gradcheck', runFile('wrongGradient')]);
    expect(code).toBe(1);
    expect(stdout).toContain('WRONG');
    expect(stdout).toMatch(/not the slope of the loss: layers\.0\.bias, layers\.0\.weight\n$/);
  });

  it('refuses to compare nothing', async () => {
    const { code, stderr } = await commandInProcess([
      'gradcheck',
      runFile('small'),
      '--directions',
      '0',
      '--elements',
      '0',
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('nothing to compare')]);
  });
});
