import { describe, expect, it } from 'vitest';
import { noise } from '../data/augment/index.ts';
import type { Dataset } from '../data/dataset.ts';
import { splitBlocks } from '../data/streamed.ts';
import { patternInMemory, patternStream } from '../data/testing/patternData.ts';
import type { PatternOptions } from '../data/testing/patternRows.ts';
import { LockstepError } from '../errors.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { TrainingEvent } from './events.ts';
import { type FitOptions, fit } from './fit.ts';
import { RunControl } from './runControl.ts';
import type { RunOptions } from './runOptions.ts';
import type { RunState } from './runState.ts';

const rows = 203;
const blocks = { blockRows: 8, windowBlocks: 3 };
const stream = (more: Partial<PatternOptions> = {}): Dataset => patternStream({ rows, ...more }, blocks);

const runOf = (data: Dataset, more: Partial<RunOptions> = {}): Run =>
  defineRun({
    data: splitBlocks(data, 5),
    model: sequential(dense(6, { activation: 'tanh' }), dense(3)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: 'adam',
    epochs: 3,
    batchSize: 10,
    seed: 4,
    ...more,
  });

async function ends(run: Run, options: FitOptions = {}): Promise<unknown> {
  const { weightsHash, history } = await fit(run, options);
  return {
    weightsHash,
    history: history.map(({ samplesPerSecond: _rate, waitingForData: _waiting, ...rest }) => rest),
  };
}

async function failureOf(run: Run): Promise<LockstepError> {
  const error: unknown = await fit(run).catch((thrown: unknown) => thrown);
  if (error instanceof LockstepError) return error;
  throw new Error('no LockstepError was thrown');
}

describe('a run on streamed rows', () => {
  it.each<[string, Partial<RunOptions>]>([
    ['as it is', {}],
    ['without the short mini-batch', { dropLast: true }],
    ['in its order', { shuffle: false }],
    ['with mini-batches of several windows', { batchSize: 70 }],
    ['with all rows in one mini-batch', { batchSize: 1000 }],
    ['in micro-batches', { batchSize: 32, lanes: 4, microBatch: 16 }],
    ['with noise that belongs to rows', { augment: [noise({ deviation: 0.3 })] }],
    ['that ends inside an epoch', { maxSteps: 25 }],
  ])('gives the bits of the same rows in memory, %s', async (_, more) => {
    const wanted = await ends(runOf(patternInMemory(rows, blocks), more));
    expect(await ends(runOf(stream(), more))).toEqual(wanted);
  });

  it('gives the same bits on every executor, and for rows that come late', async () => {
    const wanted = await ends(runOf(patternInMemory(rows, blocks)), { executor: 'interpreter' });
    expect(await ends(runOf(stream()), { executor: 'interpreter' })).toEqual(wanted);
    expect(await ends(runOf(stream()), { executor: 'simulate', workers: 3 })).toEqual(wanted);
    expect(await ends(runOf(stream({ delay: 3 })), { workers: 2 })).toEqual(wanted);
  });

  it('takes another order than without blocks, and another one in each epoch', async () => {
    const { blocks: _blocks, ...whole } = patternInMemory(rows, blocks);
    const { train } = splitBlocks(patternInMemory(rows, blocks), 5);
    const { blocks: _own, ...trainWhole } = train;
    const hash = async (data: Dataset) => (await fit(runOf(stream(), { data, epochs: 1 }))).weightsHash;
    expect(whole.rows).toBe(rows);
    expect(await hash(train)).not.toBe(await hash(trainWhole));
  });

  it('goes on from any step with the same bits', async () => {
    const run = runOf(stream());
    const wanted = await ends(run);
    for (const at of [1, 13, 17, 30]) {
      let saved: RunState | undefined;
      const step = { everySteps: at, onStep: () => ({ save: true, stop: true }) };
      await fit(runOf(stream(), { callbacks: [step] }), {
        onSave: (state) => {
          saved ??= state;
        },
      });
      expect(saved && saved.loop.epoch * 17 + saved.loop.step).toBe(at);
      expect(await ends(run, saved && { resume: saved })).toEqual(wanted);
    }
  });

  it('evaluates and predicts streamed rows', async () => {
    const result = await fit(runOf(stream()));
    const inMemory = patternInMemory(rows, blocks);
    expect(await result.evaluate(stream())).toEqual(await result.evaluate(inMemory));
    expect(await result.predict(stream())).toEqual(await result.predict(inMemory));
  });

  it('tells of the time that it waits for rows', async () => {
    const events: TrainingEvent[] = [];
    const started = performance.now();
    await fit(runOf(stream({ delay: 4 })), { onEvent: (event) => events.push(event) });
    const seconds = (performance.now() - started) / 1000;
    const waits = events.flatMap((event) => (event.type === 'epoch' ? [event.waitingForData ?? -1] : []));
    expect(waits).toHaveLength(3);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(0);
    // The first epoch has nothing read ahead: its first window is waited for.
    expect(waits[0]).toBeGreaterThan(0.004);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(seconds);
  });

  it('says which block cannot be read, and why', async () => {
    const failing = (how: 'throw' | 'nan', row = 100) => runOf(stream({ fails: { row, how } }));
    expect(await failureOf(failing('throw'))).toMatchObject({
      code: 'BAD_SOURCE',
      what: 'block 12 of the streamed rows cannot be read',
      got: 'the disk is on fire',
      wanted: 'rows 96 to 103',
    });
    expect(await failureOf(failing('nan'))).toMatchObject({
      code: 'NON_FINITE_DATA',
      what: 'the data is not finite in row 96, in block 12',
    });
    // A block that validation alone reads.
    expect(await failureOf(failing('throw', 200))).toMatchObject({
      code: 'BAD_SOURCE',
      wanted: 'rows 200 to 202',
    });
  });

  it('does not wait for ever for a block', async () => {
    const hanging = { rows, fails: { row: 50, how: 'hang' } } as const;
    const run = runOf(patternStream(hanging, { ...blocks, readSeconds: 0.2 }));
    expect(await failureOf(run)).toMatchObject({ code: 'BAD_SOURCE', got: 'nothing for 0.2 seconds' });
  });

  it('stops while it waits for a block', async () => {
    const control = new RunControl();
    const run = runOf(stream({ fails: { row: 50, how: 'hang' } }));
    setTimeout(() => control.stop(), 100);
    expect((await fit(run, { control })).reason).toBe('aborted');
  });

  it('refuses labels that no output is for, and sources that it cannot open', async () => {
    const two = sequential(dense(2));
    expect(() => runOf(stream(), { model: two })).toThrow(/3 classes.*at most 2/);
    const missing = { ...stream(), rows: 100 };
    const elsewhere = (module: string): Dataset => ({
      ...missing,
      ...(missing.stream && { stream: { ...missing.stream, module } }),
    });
    expect((await failureOf(runOf(elsewhere('file:///there/is/none.ts')))).code).toBe('BAD_SOURCE');
    expect(await failureOf(runOf({ ...stream({ rows: 90 }), rows: 203 }))).toMatchObject({
      code: 'BAD_SOURCE',
      got: '90 rows',
    });
  });
});
