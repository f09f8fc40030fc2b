import { setTimeout as sleep } from 'node:timers/promises';
import {
  defineRun,
  dense,
  fit,
  fromArrays,
  type Run,
  RunControl,
  RunLostError,
  type RunState,
  sequential,
  sgd,
} from '@lockstep/core';
import { answerLoop, prepareRun, readVariables, runLoop } from '@lockstep/core/engine';
import { describe, expect, it } from 'vitest';
import { engineCases } from '../../../core/src/train/testing/engineCases.ts';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { compileForLocal } from './compileForLocal.ts';
import { localEngine } from './localEngine.ts';
import { localLayout } from './localLayout.ts';
import { localOptions } from './localOptions.ts';
import type { LocalMode } from './mode.ts';
import { referenceReplicas } from './testing/referenceReplicas.ts';
import { type Left, leftBy, trainLocal } from './testing/trainLocal.ts';

const mean: LocalMode = { name: 'local', replicas: 3, steps: 2 };
const nesterov: LocalMode = {
  name: 'local',
  replicas: 4,
  steps: 1,
  outerLearningRate: 0.7,
  outerMomentum: 0.9,
};

/** 8 steps an epoch, of which the last has a row less. */
const small = defineRun({ ...smallRunOptions, batchSize: 3, epochs: 3 });

async function trainReference(run: Run, mode: LocalMode): Promise<Left> {
  const { plan, sources, writeData } = prepareRun(run);
  const engine = await referenceReplicas(localOptions(mode))(sources, 1);
  writeData(engine.access);
  const prepared = prepareRun(run);
  const variables = () => readVariables(engine.access, plan.variables);
  const outcome = await runLoop(plan, engine, {
    ...answerLoop(prepared, () => Promise.resolve(variables())),
    emit: () => {},
  });
  return leftBy(outcome, variables());
}

describe('replicas that are trained apart', { timeout: 60_000 }, () => {
  const undisturbed = trainLocal(small, nesterov, { workers: 1 });

  it.each([
    ['the mean', mean, 2],
    ['a part of the way', { ...mean, replicas: 2, outerLearningRate: 0.5 }, 1],
    ["Nesterov's momentum", nesterov, 2],
    ['more replicas than an epoch has steps', { ...nesterov, replicas: 11, steps: 2 }, 3],
  ] as const)('do what is said plainly: %s', async (_, mode, workers) => {
    const got = await trainLocal(small, mode, { workers });
    expect({ ...got, momentum: [] }).toEqual(await trainReference(small, mode));
  });

  it('give the same bits for any number of workers, more than replicas too', async () => {
    const alone = await undisturbed;
    expect(alone.momentum.length).toBe(4);
    for (const workers of [3, 8]) expect(await trainLocal(small, nesterov, { workers })).toEqual(alone);
  });

  it('do not count if they made no step: many learn what those learn that an epoch has steps for', async () => {
    const wanted = await trainLocal(small, { ...nesterov, replicas: 8 }, { workers: 1 });
    const many = { ...nesterov, replicas: 50 };
    expect(await trainLocal(small, many, { workers: 2 })).toEqual(wanted);
    const chaos = [{ kind: 'exit', rank: 1, step: 9, phase: 'meeting' }] as const;
    expect(await trainLocal(small, many, { workers: 2, chaos })).toEqual(wanted);
  });

  it('are an ordinary run when there is one of them', async () => {
    const { weightsHash: wanted, valLoss } = await fit(small);
    const engine = localEngine({ ...mean, replicas: 1 }, { workers: 1 });
    expect(await fit(small, { engine })).toMatchObject({ weightsHash: wanted, valLoss });
    expect((await trainReference(small, mean)).weights).not.toBe(wanted);
  });

  it('make mini-batches that are computed in parts', async () => {
    const { earlyStopping: _, ...options } = smallRunOptions;
    const run = defineRun({ ...options, batchSize: 8, lanes: 4, microBatch: 2, epochs: 2 });
    const mode = { ...mean, replicas: 2, steps: 1 };
    expect(await trainLocal(run, mode, { workers: 2 })).toEqual(await trainReference(run, mode));
  });

  it('lose nothing with workers: in a step, where they meet, in a copy', async () => {
    const warnings: string[] = [];
    const disturbed = await trainLocal(small, nesterov, {
      workers: 2,
      chaos: [
        { kind: 'throw', rank: 1, step: 6, phase: 0 },
        { kind: 'exit', rank: 0, step: 8, phase: 'meeting' },
        { kind: 'exit', rank: 1, step: 9, phase: 'copy' },
      ],
      onWarning: (message) => warnings.push(message),
    });
    expect(warnings.map((message) => message.slice(0, 8))).toEqual(['worker 1', 'worker 0', 'worker 1']);
    // Nothing had been made since the copy in the last of them; before, some of a round's four steps, or all.
    expect(warnings.map((message) => Number(/(\d+) steps are made again/.exec(message)?.[1]))).toEqual([
      expect.toSatisfy((again: number) => again >= 1 && again <= 8),
      expect.toSatisfy((again: number) => again >= 4 && again <= 8),
      0,
    ]);
    expect(disturbed).toEqual(await undisturbed);
  });

  it('leave a state to go on from when too many workers are lost', async () => {
    const chaos = [{ kind: 'throw', rank: 0, step: 14, phase: 0 }] as const;
    const lost: unknown = await trainLocal(small, nesterov, { workers: 2, chaos, maxLosses: 0 }).catch(
      (error: unknown) => error,
    );
    if (!(lost instanceof RunLostError))
      throw new Error('the run was to be lost with a state', { cause: lost });
    const resumed = await trainLocal(small, nesterov, { workers: 3, resume: structuredClone(lost.state) });
    expect(resumed).toEqual(await undisturbed);
  });

  it('stop where they meet, with a state that goes on bit for bit', async () => {
    const rows = 60_000;
    const long = defineRun({
      data: fromArrays({
        x: Array.from({ length: rows }, (_, at) => [at / rows]),
        y: Array.from({ length: rows }, (_, at) => [(2 * at) / rows]),
      }),
      model: sequential(dense(32, { activation: 'tanh' }), dense(1)),
      loss: 'meanSquaredError',
      batchSize: 1,
      optimizer: sgd({ learningRate: 0.05, momentum: 0.5 }),
      epochs: 1,
    });
    const mode = { ...nesterov, steps: 5 };
    const control = new RunControl();
    const midway = async (): Promise<RunState | undefined> => {
      for (;;) {
        await sleep(20);
        const state = await control.capture();
        if (state === undefined || state.loop.step > 0) return state;
      }
    };
    const [whole, state] = await Promise.all([trainLocal(long, mode, { workers: 2, control }), midway()]);
    if (state === undefined) throw new Error('the run was over before its state was taken');
    expect(state.loop.step).toBeLessThan(rows);
    expect(state.loop.step % 20).toBe(0);
    const resumed = await trainLocal(long, mode, { workers: 1, resume: structuredClone(state) });
    expect(resumed).toEqual(whole);
  });

  it('diverge at the earliest step of any replica, with its results and the weights before it', async () => {
    const run = defineRun({
      data: fromArrays({
        x: Array.from({ length: 40 }, (_, at) => [at]),
        y: Array.from({ length: 40 }, (_, at) => [at]),
      }),
      model: sequential(dense(1)),
      loss: 'meanSquaredError',
      batchSize: 2,
      optimizer: sgd({ learningRate: 1e6 }),
      epochs: 2,
    });
    const mode = { ...mean, replicas: 3, steps: 6 };
    const wanted = await trainReference(run, mode);
    expect(wanted.diverged).toBe(0);
    const alone = await trainLocal(run, mode, { workers: 1 });
    expect(alone).toMatchObject({ steps: wanted.steps, diverged: 0 });
    expect(await trainLocal(run, mode, { workers: 3 })).toEqual(alone);
    // The op is found by making the step again, with the weights that its replica had.
    await expect(fit(run, { engine: localEngine(mode, { workers: 2 }) })).rejects.toThrow(
      `training diverged at step ${wanted.steps + 1}: square gave the first Infinity`,
    );
  });

  it.each([
    ['replicas', 0],
    ['replicas', 1.5],
    ['steps', 0],
    ['outerLearningRate', 0],
    ['outerLearningRate', Number.NaN],
    ['outerMomentum', 1],
    ['outerMomentum', -0.1],
  ])('cannot have %s %d', (field, value) => {
    expect(() => localEngine({ name: 'local', [field]: value })([], 1)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', where: { field: `mode.${field}` } }),
    );
  });

  it('are warned of when there are fewer than workers, and refused when they do not fit', () => {
    const { sources } = prepareRun(small);
    const warnings: string[] = [];
    const onWarning = (message: string): void => void warnings.push(message);
    expect(compileForLocal(sources, mean, { workers: 8, onWarning }).workers).toBe(8);
    expect(warnings).toEqual([expect.stringContaining('8 workers train 3 replicas: 5 of them')]);
    const { compilation } = compileForLocal(sources, mean, { workers: 1 });
    const large = { ...compilation, bytes: { ...compilation.bytes, parameters: 2 ** 30 } };
    expect(() => localLayout(large, { replicas: 3, threads: 1, stateBytes: 0 })).toThrow(
      expect.objectContaining({ code: 'MEMORY_LIMIT', where: { field: 'mode.replicas' } }),
    );
  });
});

describe('an engine of one replica', () => {
  it.each(engineCases)('$name', async ({ sources, observe }) => {
    const engine = await localEngine({ name: 'local', replicas: 1, steps: 3 }, { workers: 2 })(sources, 1);
    try {
      for (const { what, got, wanted } of await observe(engine)) expect(got, what).toEqual(wanted);
    } finally {
      await engine.close();
    }
  });
});
