import {
  adam,
  defineRun,
  dense,
  type FitResult,
  fit,
  fromArrays,
  RunLostError,
  sequential,
} from '@lockstep/core';
import { createMemory, segmentBases } from '@lockstep/core/engine';
import { describe, expect, it } from 'vitest';
import { SpanRing } from '../timeline/spanRing.ts';
import { compileForThreads } from './compileForThreads.ts';
import { createTimelines } from './phaseClock.ts';
import { ThreadsEngine } from './threadsEngine.ts';
import { type ReduceChosen, TrialEngine } from './trialEngine.ts';

const rows = 192;
const width = 24;
const run = defineRun({
  data: fromArrays({
    x: {
      values: Float32Array.from({ length: rows * width }, (_, at) => ((at * 37) % 101) / 50 - 1),
      shape: [width],
    },
    y: { values: Int32Array.from({ length: rows }, (_, row) => row % 5), classes: 5 },
  }),
  model: sequential(dense(40, { activation: 'tanh' }), dense(5)),
  loss: 'sparseCategoricalCrossentropy',
  optimizer: adam(),
  epochs: 3,
  batchSize: 64,
  lanes: 2,
});

/** A clock by which a row of steps takes so many milliseconds: three to begin with, then fused and tree in turns. */
function clock(fused: number, tree: number): () => number {
  let [calls, time] = [0, 0];
  return () => {
    const row = calls >> 1;
    if (calls % 2 === 1) time += row < 3 ? 5 : row % 2 === 1 ? fused : tree;
    calls += 1;
    return time;
  };
}

interface Tried {
  readonly result: FitResult;
  readonly found: readonly ReduceChosen[];
  /** Of the newest step. */
  readonly phases: number;
}

async function trained(now: () => number): Promise<Tried> {
  const found: ReduceChosen[] = [];
  const [timeline = new SharedArrayBuffer(0), ...others] = createTimelines(2, 64);
  const result = await fit(run, {
    engine: (sources) => {
      const program = compileForThreads(sources, { workers: 2, plannedSteps: 1e12 });
      const { compilation, trial } = program;
      const engine = new ThreadsEngine(program, createMemory(compilation, true), {}, [timeline, ...others]);
      if (trial === undefined) throw new Error('there is nothing to try');
      const bases = segmentBases(compilation.bytes, 0);
      return new TrialEngine(engine, { trial, bases, onChosen: (chosen) => found.push(chosen), now });
    },
  });
  const phases = (new SpanRing(timeline).spans().at(-1)?.phase ?? 0) + 1;
  return { result, found, phases };
}

describe('of two ways to make a step the faster is taken, and the bits are those of one thread', () => {
  const alone = fit(run);

  it.each([
    { fused: 20, tree: 18, chosen: 'tree', phases: 3 },
    { fused: 20, tree: 22, chosen: 'fused', phases: 2 },
    // So little may be chance.
    { fused: 20, tree: 19.9, chosen: 'fused', phases: 2 },
  ])('fused $fused ms, tree $tree ms: $chosen', async ({ fused, tree, chosen, phases }) => {
    const tried = await trained(clock(fused, tree));
    // Two steps of 5 ms are a turn.
    expect(tried.found).toEqual([
      { chosen, microseconds: { fused: 500 * fused, tree: expect.closeTo(500 * tree) } },
    ]);
    expect(tried.phases).toBe(phases);
    const { weightsHash, history } = await alone;
    expect(tried.result.weightsHash).toBe(weightsHash);
    expect(tried.result.history.map(({ loss }) => loss)).toEqual(history.map(({ loss }) => loss));
  });
});

it('leaves variables as they were when workers are lost on trial', async () => {
  const error: unknown = await fit(run, {
    engine: (sources) => {
      const program = compileForThreads(sources, { workers: 2, plannedSteps: 1e12 });
      const { compilation, trial } = program;
      if (trial === undefined) throw new Error('there is nothing to try');
      // 0 sets the initial values, then each program is tried for a step.
      const failure = { chaos: [{ kind: 'exit', rank: 1, step: 4, phase: 0 } as const], maxLosses: 0 };
      const engine = new ThreadsEngine(program, createMemory(compilation, true), failure);
      return new TrialEngine(engine, {
        trial,
        bases: segmentBases(compilation.bytes, 0),
        onChosen: () => {},
      });
    },
  }).catch((thrown: unknown) => thrown);
  if (!(error instanceof RunLostError)) throw new Error('the run was to be lost', { cause: error });
  expect(error.step).toBe(0);
  const { weightsHash } = await fit(run, { resume: error.state });
  expect(weightsHash).toBe((await fit(run)).weightsHash);
});
