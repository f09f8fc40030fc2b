import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../runtime/executor.ts';
import { defineRun, type Run } from '../train/defineRun.ts';
import type { EngineFactory } from '../train/engine.ts';
import type { EpochEvent } from '../train/events.ts';
import { executors } from '../train/executors.ts';
import { type FitOptions, fit } from '../train/fit.ts';
import { mergeStaleness, stalenessOf } from '../train/mergeStaleness.ts';
import { soloEngine } from '../train/soloEngine.ts';
import { smallRunOptions } from '../train/testing/smallRun.ts';
import { sourceOfBytes } from './byteSource.ts';
import type { Checkpoint } from './checkpoint.ts';
import { decodeCheckpoint } from './decodeCheckpoint.ts';
import { encodeCheckpoint } from './encodeCheckpoint.ts';
import { takeCheckpoint } from './takeCheckpoint.ts';

const { earlyStopping: _, ...small } = smallRunOptions;
/** Five steps an epoch. */
const options = { ...small, epochs: 2, checkpoint: { everySteps: 1, everyEpochs: 1 } };
const run = defineRun(options);

/** Two workers, in turns; the step of entry n is n updates late. */
const late: EngineFactory = (sources, workers) => {
  const engine = soloEngine<FloatArray>(executors.wasm(sources, workers), workers);
  let histograms: number[][] = [[], []];
  return {
    ...engine,
    runSteps: async (steps, asked) => {
      for (const { program, entry } of steps) {
        const counts = program.startsWith('train') ? histograms[entry % 2] : undefined;
        if (counts === undefined) continue;
        while (counts.length <= entry) counts.push(0);
        counts[entry] = (counts[entry] ?? 0) + 1;
      }
      return await engine.runSteps(steps, asked);
    },
    takeStaleness: () => {
      const taken = histograms;
      histograms = [[], []];
      return taken.map(stalenessOf);
    },
  };
};

const reread = (checkpoint: Checkpoint): Checkpoint =>
  decodeCheckpoint(sourceOfBytes(Uint8Array.from(Buffer.concat([...encodeCheckpoint(checkpoint)]))));

async function made(trained: Run, asked: FitOptions = {}) {
  const epochs: EpochEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  const { staleness } = await fit(trained, {
    engine: late,
    ...asked,
    onSave: (state, done) => void checkpoints.push(takeCheckpoint(trained, state, done)),
    onEvent: (event) => {
      if (event.type === 'epoch') epochs.push(event);
    },
  });
  return {
    epochs: epochs.map(({ epoch, staleness: each }) => ({ epoch, staleness: each })),
    checkpoints,
    staleness,
  };
}

/** Entries 0 to 3, and 0 of the program for the short last mini-batch; those of worker 0 first. */
const ofEpochs = (count: number) => [
  { updates: 3 * count, mean: 2 / 3, max: 2, histogram: [2 * count, 0, count] },
  { updates: 2 * count, mean: 2, max: 3, histogram: [0, count, 0, count] },
];

describe('how stale updates were', async () => {
  const whole = await made(run);

  it('is told of each epoch, and of the run', () => {
    expect(whole.epochs).toEqual([1, 2].map((epoch) => ({ epoch, staleness: ofEpochs(1) })));
    expect(whole.staleness).toEqual(ofEpochs(2));
  });

  it('is the same of a run that went on from a checkpoint, wherever it was saved', async () => {
    const inside = whole.checkpoints.filter(({ done }) => done === undefined);
    expect(inside).toHaveLength(12);
    for (const { state } of inside.map(reread)) {
      const rest = await made(run, { resume: state });
      expect(rest.staleness).toEqual(whole.staleness);
      expect(rest.epochs).toEqual(whole.epochs.slice(state.loop.history.length));
    }
  });

  it('is in the checkpoint of a run that is over', () => {
    const last = whole.checkpoints.at(-1);
    if (last === undefined) throw new Error('nothing was saved');
    expect(last.done?.staleness).toEqual(ofEpochs(2));
    expect(reread(last)).toEqual(last);
  });

  it('is counted up to where a run ends inside an epoch', async () => {
    const ended = await made(defineRun({ ...options, maxSteps: 8 }));
    expect(ended.staleness).toEqual([
      { updates: 5, mean: 4 / 5, max: 2, histogram: [3, 0, 2] },
      { updates: 3, mean: 5 / 3, max: 3, histogram: [0, 2, 0, 1] },
    ]);
  });

  it('takes a byte for each place of a histogram', () => {
    const [first] = whole.checkpoints;
    if (first === undefined) throw new Error('nothing was saved');
    const { loop } = first.state;
    const staleness = [stalenessOf([...new Array<number>(10_000).fill(0), 1])];
    const state = { ...first.state, loop: { ...loop, sums: { ...loop.sums, staleness } } };
    const length = (checkpoint: Checkpoint): number =>
      [...encodeCheckpoint(checkpoint)].reduce((sum, part) => sum + part.length, 0);
    expect(reread({ ...first, state })).toEqual({ ...first, state });
    expect(length({ ...first, state }) - length(first)).toBeLessThan(10_020);
  });
});

it('is not known of epochs in which it was not measured', () => {
  expect(mergeStaleness([{}, { staleness: undefined }])).toBeUndefined();
  expect(mergeStaleness([{}, { staleness: [stalenessOf([0, 2])] }])).toEqual([
    { updates: 2, mean: 1, max: 1, histogram: [0, 2] },
  ]);
});
