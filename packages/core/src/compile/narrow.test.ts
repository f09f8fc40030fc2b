import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { input, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { Nest } from '../nest/nest.ts';
import { firstEqual, nextEqual } from '../ops/equalPositions.ts';
import { gather, mul, sub, sum, zerosLike } from '../ops/index.ts';
import { sumEqual } from '../ops/sumEqual.ts';
import { inlineMaps } from './inline.ts';
import { lower } from './lower.ts';
import { narrowToGuards } from './narrow.ts';

const values = input('values', { shape: [8, 3], batchAxis: 0 });
const index = input('ids', { shape: [8], dtype: 'int32', batchAxis: 0 });
const table = variable('table', zerosLike(input('like', { shape: [5, 3] })));
const first = firstEqual(index, 5);
const summed = sumEqual(values, first, nextEqual(first, 8));
const rows = { index, first };

function nestsOf(value: Node, outputs: Graph['outputs'] = {}): readonly Nest[] {
  const graph = { name: 'step', outputs, updates: [{ variable: table, value, rows }] };
  const program = narrowToGuards(inlineMaps(lower(graph, { batchSize: 8, lanes: 1, steps: 1 })));
  return program.phases.flatMap(({ groups }) =>
    groups.flatMap(({ kernels }) => kernels.map(({ nest }) => nest)),
  );
}

const guardsOf = (nests: readonly Nest[], name: string): boolean[] =>
  nests
    .filter((nest) => nest.name.startsWith(name))
    .flatMap(({ stores }) => stores.map(({ guard }) => guard !== undefined));

const updated = sub(gather(table, index), mul(summed, 0.1));

describe('narrowToGuards', () => {
  it('sums where the sum is used: at the first position of each row', () => {
    const nests = nestsOf(updated);
    expect(guardsOf(nests, 'update')).toEqual([true]);
    expect(guardsOf(nests, 'sumEqual')).toEqual([true]);
    expect(guardsOf(nests, 'firstEqual')).toEqual([false]);
  });

  it('leaves alone what something else reads, at all positions or at others', () => {
    const norm = { norm: sum(mul(summed, summed)) };
    expect(guardsOf(nestsOf(updated, norm), 'sumEqual')).toEqual([false]);
    const shifted = gather(summed, firstEqual(index, 2));
    expect(guardsOf(nestsOf(sub(updated, shifted)), 'sumEqual')).toEqual([false]);
  });
});
