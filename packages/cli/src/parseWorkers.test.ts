import { expect, it } from 'vitest';
import { parseReduceChoices } from './parseReduceChoices.ts';
import { parseWorkerCounts, parseWorkers } from './parseWorkers.ts';

it('takes a number of workers or auto', () => {
  expect(['3', 'auto'].map(parseWorkers)).toEqual([3, 'auto']);
  for (const text of ['0', '-1', '1.5', '', 'many', '1,2'])
    expect(() => parseWorkers(text)).toThrow('"auto"');
});

it('takes a list of numbers of workers, each once and in its order', () => {
  expect(parseWorkerCounts('8,1,2,1')).toEqual([8, 1, 2]);
  for (const text of ['', '1,', '1,auto', '0,1', '1;2'])
    expect(() => parseWorkerCounts(text)).toThrow('such as 1,2,4');
});

it('takes a list of ways to combine sums', () => {
  expect(parseReduceChoices('tree,fused,tree')).toEqual(['tree', 'fused']);
  expect(() => parseReduceChoices('fused,fast')).toThrow('"fast" is none of auto, fused, tree, naive');
});
