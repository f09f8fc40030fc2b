// docs/numerics.md defines the bits in words, tables and code; here the engine is held to the page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fit } from '@lockstep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import line from '../examples/linear-regression/train.ts';
import { defaultLanes } from '../packages/core/src/compile/lanes.ts';
import { lower } from '../packages/core/src/compile/lower.ts';
import { input } from '../packages/core/src/graph/leaves.ts';
import type { Node } from '../packages/core/src/graph/node.ts';
import { functions } from '../packages/core/src/nest/functions.ts';
import { allOps, matmul, sum, uniform } from '../packages/core/src/ops/index.ts';
import { executors, oracle, runGraph, type Sizes } from '../packages/core/src/runtime/testing/executors.ts';
import { randomNumbers, sampleCase } from '../packages/core/src/runtime/testing/sampleCase.ts';
import type { NamedTensor } from '../packages/core/src/train/weightsHash.ts';
import { blocksOf } from './markdownBlocks.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/numerics.md'), 'utf8');

interface Sums {
  ordered(terms: readonly number[]): number;
  row(terms: readonly number[]): number;
  batch(terms: readonly number[], batchSize: number, lanes: number): number;
}

interface Random {
  randomBits(seed: number, path: string, at: { step: number; row: number; element: number }): number;
  uniform(bits: number): number;
}

interface Hash {
  weightsHash(tensors: Iterable<NamedTensor>): string;
}

let sums: Sums;
let random: Random;
let hash: Hash;

const folder = mkdtempSync(join(tmpdir(), 'lockstep-numerics-'));
beforeAll(async () => {
  const load = async (name: string) => {
    const block = blocksOf(root, 'docs/numerics.md').find((each) => each.name === `docs-numerics-${name}.ts`);
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, block?.code ?? '');
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  };
  sums = await load('sums');
  random = await load('random');
  hash = await load('hash');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers whose sum shows a change of order: of very different sizes and both signs. */
function drawTerms(count: number, seed = count): number[] {
  const next = randomNumbers(seed);
  return Array.from({ length: count }, () => Math.fround((next() - 0.5) * 2 ** Math.floor(next() * 12)));
}

/** Sums that are made side by side: one alone may hide a change of order. */
const together = 8;

const drawSums = (count: number): number[][] =>
  Array.from({ length: together }, (_, seed) => drawTerms(count, seed));

/** Term by term, the sums side by side. */
const asColumns = (terms: readonly (readonly number[])[]): number[] =>
  (terms[0] ?? []).flatMap((_, at) => terms.map((each) => each[at] ?? 0));

const engines = { interpreter: oracle, ...executors };

/** The result of a graph's only output on every engine. */
function compute(node: Node, sizes: Sizes, values: Readonly<Record<string, ArrayLike<number>>>) {
  const graph = { name: 'case', outputs: { y: node }, updates: [] };
  return Object.entries(engines).map(
    ([name, make]) => [name, Array.from(runGraph(make, graph, sizes, values)['y'] ?? [])] as const,
  );
}

function expectEverywhere(
  node: Node,
  sizes: Sizes,
  values: Readonly<Record<string, ArrayLike<number>>>,
  wanted: readonly number[],
): void {
  for (const [name, got] of compute(node, sizes, values)) expect(got, name).toEqual(wanted);
}

const noBatch: Sizes = { batchSize: 0, lanes: 1 };
const counts = [1, 7, 8, 9, 511, 512, 513, 1025, 4097, 5000];

describe('the order of sums is that of the page', () => {
  it.each(counts)('ordered, %i terms', (count) => {
    const terms = drawSums(count);
    const node = sum(input('x', { shape: [count, together] }), { axes: [0] });
    expectEverywhere(node, noBatch, { x: asColumns(terms) }, terms.map(sums.ordered));
  });

  it.each(counts)('row, %i terms', (count) => {
    const terms = drawSums(count);
    const node = sum(input('x', { shape: [together, count] }), { axes: [1] });
    expectEverywhere(node, noBatch, { x: terms.flat() }, terms.map(sums.row));
  });

  it.each([
    { rows: 5, lanes: 8, count: 5 },
    { rows: 70, lanes: 3, count: 70 },
    { rows: 32, lanes: 7, count: 96 },
    { rows: 1100, lanes: 1, count: 1100 },
    { rows: 2500, lanes: 4, count: 2500 },
  ])('batch of $rows rows in $lanes lanes, $count terms', ({ rows, lanes, count }) => {
    const terms = drawSums(count);
    const node = sum(input('x', { shape: [count, together], batchAxis: 0 }), { axes: [0] });
    const wanted = terms.map((each) => sums.batch(each, rows, lanes));
    expectEverywhere(node, { batchSize: rows, lanes }, { x: asColumns(terms) }, wanted);
  });

  it('a product over features is ordered, and over the rows goes by lanes', () => {
    const [rows, lanes, width] = [150, 4, 3];
    const a = drawTerms(rows * width);
    const b = drawTerms(rows * 2).toReversed();
    const products = (i: number, j: number): number[] =>
      Array.from({ length: rows }, (_, k) => Math.fround((a[k * width + i] ?? 0) * (b[k * 2 + j] ?? 0)));
    const pairs = Array.from({ length: width * 2 }, (_, at) => products(Math.floor(at / 2), at % 2));
    const multiply = (batchAxis?: 0): Node => {
      const axis = batchAxis === undefined ? {} : { batchAxis };
      const left = input('a', { shape: [rows, width], ...axis });
      return matmul(left, input('b', { shape: [rows, 2], ...axis }), { transposeA: true });
    };
    expectEverywhere(
      multiply(0),
      { batchSize: rows, lanes },
      { a, b },
      pairs.map((terms) => sums.batch(terms, rows, lanes)),
    );
    expectEverywhere(
      multiply(),
      noBatch,
      { a, b },
      pairs.map((terms) => sums.ordered(terms)),
    );
  });
});

/** Cells of the table rows whose first cell is code. */
const tableRows = (section: string): string[][] =>
  (text.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((row) => row.startsWith('| `'))
    .map((row) => row.split(/(?<!\\)\|/).slice(1, -1));

const codeIn = (cell = ''): string[] => [...cell.matchAll(/`(?<name>\w+)`/g)].map((match) => match[1] ?? '');

it('names for every op with a sum the rules that its loop nests have', () => {
  const used = new Map<string, Set<string>>();
  for (const op of allOps)
    for (const sample of op.samples?.() ?? []) {
      const { node, batchSize } = sampleCase(op, sample, 1);
      const graph = { name: 'case', outputs: { y: node }, updates: [] };
      for (const { groups } of lower(graph, { batchSize, lanes: 1, steps: 1 }).phases)
        for (const { reduction } of groups.flatMap(({ kernels }) => kernels.map(({ nest }) => nest)))
          if (reduction?.kind === 'sum')
            used.set(op.name, (used.get(op.name) ?? new Set()).add(reduction.rule));
    }
  const stated = tableRows('Sums').flatMap(([ops, , rules]) =>
    codeIn(ops).map((op) => [op, codeIn(rules).sort()] as const),
  );
  const found = [...used].map(([op, rules]) => [op, [...rules].sort()] as const);
  expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(found));
});

it('states the error of every strict function', () => {
  const stated = tableRows('Functions').map(([name, ulp]) => [codeIn(name)[0], Number(ulp)]);
  const found = Object.entries(functions).map(([name, { ulp }]) => [name, ulp]);
  expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(found));
});

it('states the default number of lanes', () => {
  expect(text).toContain('| batch size | below 64 | 64 to 127 | 128 to 255 | 256 and more |');
  expect(text).toContain('| lanes | 1 | 2 | 4 | 8 |');
  expect([1, 63, 64, 127, 128, 255, 256, 5000].map(defaultLanes)).toEqual([1, 1, 2, 2, 4, 4, 8, 8]);
});

it('defines random numbers', () => {
  const [seed, step, path] = [2 ** 40 + 12345, 7, 'layers.2.dropout'];
  const node = uniform({ shape: [5, 2, 3], batchAxis: 0 }, { purpose: path });
  const wanted = Array.from({ length: 30 }, (_, at) =>
    random.uniform(random.randomBits(seed, path, { step, row: Math.floor(at / 6), element: at % 6 })),
  );
  const values = { 'seed.low': [12345], 'seed.high': [2 ** 8], step: [step] };
  expectEverywhere(node, { batchSize: 5, lanes: 1 }, values, wanted);
});

it('defines the weights hash', async () => {
  const { variables, weightsHash } = await fit(line);
  expect(weightsHash).toBe(hash.weightsHash(variables.values()));
});
