import { describe, expect, it } from 'vitest';
import { add, cast, sum } from '../ops/index.ts';
import { checkGraph } from './check.ts';
import type { Graph } from './graph.ts';
import { constant, input, variable } from './leaves.ts';

const w = variable('w', constant([1, 2]));
const legal: Graph = {
  name: 'legal',
  outputs: { loss: sum(w) },
  guard: 'loss',
  updates: [{ variable: w, value: add(w, 1) }],
};

function codeOf(graph: Graph, batchSize = 0): unknown {
  try {
    checkGraph(graph, batchSize);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
}

describe('checkGraph', () => {
  it('lets a legal graph pass', () => {
    expect(codeOf(legal)).toBeUndefined();
  });

  it('refuses two variables with one path, wherever they are used', () => {
    const twin = variable('w', constant([1, 2]));
    expect(codeOf({ ...legal, outputs: { loss: sum(add(w, twin)) } })).toBe('DUPLICATE_NAME');
    expect(codeOf({ ...legal, outputs: { loss: sum(add(w, w)) } })).toBeUndefined();
  });

  it('refuses variables of integers', () => {
    const counter = variable('counter', constant([1], { dtype: 'int32' }));
    expect(codeOf({ ...legal, outputs: { loss: sum(w), counter } })).toBe('DTYPE_MISMATCH');
  });

  it('refuses updates of what is no variable, two of one variable, and values that do not fit', () => {
    const update = (variableNode: typeof w, value: Graph['updates'][number]['value']) => ({
      ...legal,
      updates: [...legal.updates, { variable: variableNode, value }],
    });
    const other = variable('other', constant([1, 2]));
    expect(codeOf(update(w, w))).toBe('GRAPH_INVALID');
    expect(codeOf({ ...legal, updates: [{ variable: add(w, 1), value: w }] })).toBe('GRAPH_INVALID');
    expect(codeOf(update(other, sum(w)))).toBe('SHAPE_MISMATCH');
    expect(codeOf(update(other, constant([1, 2, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(update(other, cast(w, 'int32')))).toBe('DTYPE_MISMATCH');
  });

  it('refuses a guard that is no output or no single float', () => {
    expect(codeOf({ ...legal, guard: 'los' })).toBe('GRAPH_INVALID');
    expect(codeOf({ ...legal, outputs: { loss: w } })).toBe('GRAPH_INVALID');
  });

  it('refuses mini-batch axes that do not fit the batch size', () => {
    const x = input('x', { shape: [12, 2], batchAxis: 0 });
    const graph = { ...legal, outputs: { loss: sum(x) } };
    expect(codeOf(graph, 12)).toBeUndefined();
    expect(codeOf(graph, 4)).toBeUndefined();
    expect(codeOf(graph, 8)).toBe('GRAPH_INVALID');
    expect(codeOf(graph, 0)).toBe('GRAPH_INVALID');
  });
});
