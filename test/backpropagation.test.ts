import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkGradients, type Run } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import autoencoder from '../examples/autoencoder/train.ts';
import customOp from '../examples/custom-op/train.ts';
import digits from '../examples/digits/train.ts';
import line from '../examples/linear-regression/train.ts';
import recommender from '../examples/recommender/train.ts';
import tabular from '../examples/tabular/train.ts';
import tanhLayer from '../examples/tanh-layer/train.ts';
import oneOutput from '../examples/two-class/oneOutput.ts';
import twoClass from '../examples/two-class/train.ts';
import xor from '../examples/xor/train.ts';

const examples = {
  autoencoder,
  customOp,
  digits,
  line,
  oneOutput,
  recommender,
  tabular,
  tanhLayer,
  twoClass,
  xor,
};

const folder = join(import.meta.dirname, '../examples/backpropagation');
const files = globSync('*.ts', { cwd: folder }).filter((file) => file !== 'compareFormulas.ts');

async function load(file: string): Promise<Run> {
  const { default: run } = await import(pathToFileURL(join(folder, file)).href);
  return run;
}

describe('docs/backpropagation.md', () => {
  it('has a run file for each formula that it calls wrong', () => {
    expect(files.map((file) => basename(file, '.ts')).sort()).toEqual([
      'activationSlopes',
      'crossEntropy',
      'reluClassifier',
      'reluOutputs',
      'sharedWeight',
      'sigmoidNetwork',
      'squaredError',
      'tanhLayer',
      'xorCode',
    ]);
  });

  it.each(files)('%s: the article’s gradients are not the slopes, the corrected ones are', async (file) => {
    const { parameters } = checkGradients(await load(file));
    expect(parameters.length).toBeGreaterThan(1);
    for (const { path, verdict } of parameters)
      expect([path, verdict]).toEqual([path, path.startsWith('article.') ? 'wrong' : 'right']);
  });
});

it.each(Object.entries(examples))('the gradients of %s are the slopes of its loss', (_, run) => {
  const { parameters } = checkGradients(run, { rows: 4, directions: 1, elements: 2 });
  for (const { path, verdict } of parameters) expect([path, verdict]).toEqual([path, 'right']);
});
