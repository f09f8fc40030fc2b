import { readdirSync } from 'node:fs';
import {
  type Dataset,
  defineRun,
  dense,
  fit,
  LockstepError,
  type Run,
  RunLostError,
  type RunOptions,
  sequential,
  splitBlocks,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { patternInMemory, patternStream } from '../../../core/src/data/testing/patternData.ts';
import type { PatternOptions } from '../../../core/src/data/testing/patternRows.ts';
import { startTraining, type TrainOptions, train } from './train.ts';

const rows = 1003;
const blocks = { blockRows: 16, windowBlocks: 3 };
const stream = (more: Partial<PatternOptions> = {}, readSeconds = 60): Dataset =>
  patternStream({ rows, ...more }, { ...blocks, readSeconds });

const runOf = (data: Dataset, more: Partial<RunOptions> = {}): Run =>
  defineRun({
    data: splitBlocks(data, 6),
    model: sequential(dense(16, { activation: 'tanh' }), dense(3)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: 'adam',
    epochs: 3,
    batchSize: 20,
    seed: 4,
    ...more,
  });

async function ends(run: Run, options: TrainOptions): Promise<unknown> {
  const { weightsHash, history } = await train(run, options);
  return {
    weightsHash,
    history: history.map(({ samplesPerSecond: _rate, waitingForData: _waiting, ...rest }) => rest),
  };
}

async function inMemory(more: Partial<RunOptions> = {}): Promise<unknown> {
  const { weightsHash, history } = await fit(runOf(patternInMemory(rows, blocks), more));
  return { weightsHash, history: history.map(({ samplesPerSecond: _rate, ...rest }) => rest) };
}

async function failureOf(run: Run, options: TrainOptions = {}): Promise<LockstepError> {
  const error: unknown = await train(run, { workers: 2, ...options }).catch((thrown: unknown) => thrown);
  if (error instanceof LockstepError) return error;
  throw new Error('no LockstepError was thrown');
}

describe('streamed rows on threads', { timeout: 60_000 }, () => {
  it.each([
    [1, 1],
    [2, 1],
    [2, 3],
    [3, 2],
  ])('give the bits of rows in memory: %i workers, %i loaders', async (workers, loaders) => {
    expect(await ends(runOf(stream()), { workers, loaders })).toEqual(await inMemory());
  });

  it('give the same bits when they come late, and in parts of mini-batches', async () => {
    const late = runOf(stream({ delay: 2 }));
    expect(await ends(late, { workers: 2, loaders: 2 })).toEqual(await inMemory());
    const parts = { batchSize: 64, lanes: 4, microBatch: 16 };
    expect(await ends(runOf(stream(), parts), { workers: 2 })).toEqual(await inMemory(parts));
  });

  it.each(['exit', 'throw', 'hang'] as const)(
    'give the same bits when a worker is lost (%s)',
    async (kind) => {
      const chaos = [
        { kind, rank: 1, step: 30, phase: 1 },
        { kind, rank: 0, step: 75, phase: 0 },
      ] as const;
      const warnings: string[] = [];
      const got = await ends(runOf(stream()), {
        workers: 2,
        chaos,
        // On a busy machine a thread that is not given a core for so long counts as one that hangs.
        hangSeconds: kind === 'hang' ? 1 : 30,
        onEvent: (event) => {
          if (event.type === 'warning') warnings.push(event.message);
        },
      });
      const lost = warnings.filter((message) => message.includes('was lost')).length;
      expect(lost).toBeGreaterThanOrEqual(2);
      if (kind !== 'hang') expect(lost).toBe(2);
      expect(got).toEqual(await inMemory());
    },
  );

  it('go on from a run that was lost, and from one that was saved in the middle', async () => {
    const chaos = [{ kind: 'exit', rank: 0, step: 60, phase: 1 }] as const;
    const lost = await failureOf(runOf(stream()), { maxLosses: 0, chaos });
    if (!(lost instanceof RunLostError)) throw lost;
    expect(await ends(runOf(stream()), { workers: 3, resume: lost.state })).toEqual(await inMemory());

    const training = startTraining(runOf(stream({ delay: 5 })), { workers: 2 });
    await training.pause();
    const saved = await training.save();
    await training.stop();
    await training.result;
    expect(await ends(runOf(stream()), { workers: 1, ...(saved && { resume: saved }) })).toEqual(
      await inMemory(),
    );
  });

  it('evaluate and predict', async () => {
    const result = await train(runOf(stream()), { workers: 2 });
    const there = patternInMemory(rows, blocks);
    expect(await result.evaluate(stream())).toEqual(await result.evaluate(there));
    expect(await result.predict(stream())).toEqual(await result.predict(there));
  });

  it('fail with the block, whatever becomes of its loader', async () => {
    const failing = (how: 'throw' | 'nan' | 'exit' | 'hang', readSeconds?: number) =>
      failureOf(runOf(stream({ fails: { row: 500, how } }, readSeconds)));
    expect(await failing('throw')).toMatchObject({
      code: 'BAD_SOURCE',
      what: 'block 31 of the streamed rows cannot be read',
      got: 'the disk is on fire',
    });
    expect(await failing('nan')).toMatchObject({
      code: 'NON_FINITE_DATA',
      what: 'the data is not finite in row 496, in block 31',
    });
    expect(await failing('exit')).toMatchObject({
      code: 'BAD_SOURCE',
      what: 'the thread that was to read block 31 ended',
    });
    expect(await failing('hang', 0.3)).toMatchObject({ code: 'BAD_SOURCE', got: 'nothing for 0.3 seconds' });
    expect((await failureOf(runOf(stream()), { loaders: 0 })).where.field).toBe('loaders');
  });

  it('can be stopped while they are waited for, and leave no thread behind', async () => {
    const threads = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);
    const before = threads();
    const training = startTraining(runOf(stream({ fails: { row: 500, how: 'hang' } })), { workers: 2 });
    setTimeout(() => void training.stop(), 700);
    expect((await training.result).reason).toBe('aborted');
    expect(threads()).toBeLessThanOrEqual(before + 1);
  });
});
