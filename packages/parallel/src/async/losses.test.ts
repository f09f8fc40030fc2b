import {
  defineRun,
  dense,
  fromArrays,
  type Run,
  RunLostError,
  type RunOptions,
  sequential,
  sgd,
  type Variables,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { type TrainOptions, train } from '../coordinator/train.ts';
import type { ChaosKind, ChaosPoint } from '../threads/chaos.ts';
import type { Mode } from './mode.ts';

const batches = 60;
const learningRate = 2 ** -6;

/** Every gradient is -1: the weight says how many updates there were. */
const countingRun = (options: Partial<RunOptions> = {}): Run =>
  defineRun({
    name: 'counting',
    data: fromArrays({
      x: Array.from({ length: 2 * batches }, () => [1]),
      y: Array.from({ length: 2 * batches }, () => [1000]),
    }),
    model: sequential(dense(1, { useBias: false, kernelInitializer: 'zeros' })),
    loss: 'meanAbsoluteError',
    optimizer: sgd({ learningRate }),
    epochs: 1,
    batchSize: 2,
    ...options,
  });

/** Whoever comes first to these steps fails there, in each of its threads once. Step 0 sets the initial values. */
const failures = (
  kind: ChaosKind,
  steps: readonly number[],
  ranks: readonly number[],
  phase: number,
): ChaosPoint[] => steps.flatMap((step) => ranks.map((rank) => ({ kind, rank, step, phase })));

const weightOf = (variables: Variables): number =>
  [...variables.values()].flatMap(({ values }) => [...values])[0] ?? Number.NaN;

interface Ending {
  /** That the weight has. */
  readonly updates: number;
  /** That workers say they have made. */
  readonly counted: number;
  readonly warnings: readonly string[];
}

async function ending(
  mode: Mode,
  chaos: readonly ChaosPoint[],
  options: Partial<TrainOptions> = {},
): Promise<Ending> {
  const warnings: string[] = [];
  const { variables, staleness = [] } = await train(countingRun(), {
    workers: 3,
    mode,
    chaos,
    maxLosses: chaos.length,
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
    ...options,
  });
  const counted = staleness.reduce((sum, worker) => sum + worker.updates, 0);
  return { updates: weightOf(variables) / learningRate, counted, warnings };
}

const [stale, server] = [{ name: 'stale' }, { name: 'server', slots: 2 }] as const;

describe.each<[string, Mode, number]>([
  ['while it computes', stale, 0],
  ['before its update', stale, 2],
  ['while it computes', server, 0],
])('a worker that is lost %s (%o)', (_, mode, phase) => {
  it.each<ChaosKind>(['throw', 'exit'])('costs no update and adds none (%s)', async (kind) => {
    const { updates, warnings } = await ending(mode, failures(kind, [3, 20, 21], [0, 1, 2], phase));
    expect(updates).toBe(batches);
    expect(warnings.length).toBeGreaterThanOrEqual(2);
    for (const warning of warnings) expect(warning).toMatch(/^worker [012] was lost and has been replaced/);
  });
});

it('a server that is lost costs no update and adds none', async () => {
  const { updates, warnings } = await ending(server, failures('throw', [5, 30], [3], 2));
  expect(updates).toBe(batches);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^the server was lost and has been replaced/);
});

it('a worker that hangs costs no update and adds none', async () => {
  const { updates, warnings } = await ending(stale, failures('hang', [10], [0, 1, 2], 0), { hangSeconds: 2 });
  expect(updates).toBe(batches);
  expect(warnings[0]).toContain('it hung at step 10');
});

it('steps of a hogwild that is lost are made again, and no others', async () => {
  const chaos = failures('throw', [3, 20], [0, 1, 2], 1);
  const { updates, counted, warnings } = await ending({ name: 'hogwild' }, chaos);
  expect(counted).toBe(batches);
  // A worker that is between reading the weight and writing it takes back what others have written meanwhile; none adds any.
  expect(updates).toBeLessThanOrEqual(batches);
  expect(updates).toBeGreaterThan(0);
  expect(warnings.length).toBeGreaterThanOrEqual(2);
});

const lossOf = (options: TrainOptions): Promise<unknown> =>
  train(countingRun(), { workers: 3, mode: stale, ...options }).catch((error: unknown) => error);

// While one is lost the others make steps behind that of its, which is filled in before the run ends.
it.each([1, 2, 3, 4])(
  'too many losses end a run after whole steps, and it goes on after them (%d)',
  async () => {
    const lost = await lossOf({ chaos: failures('throw', [21], [0, 1, 2], 0), maxLosses: 0 });
    if (!(lost instanceof RunLostError)) throw lost;
    expect(lost.step).toBeGreaterThanOrEqual(20);
    expect(lost.step).toBeLessThan(batches);
    expect(weightOf(lost.state.variables) / learningRate).toBe(lost.step);
    const { steps, variables } = await train(countingRun(), { workers: 1, mode: stale, resume: lost.state });
    expect([steps, weightOf(variables) / learningRate]).toEqual([batches, batches]);
  },
);

it('a step that every worker is lost in leaves no state that is of no step', async () => {
  const chaos = Array.from({ length: 12 }, () => failures('throw', [21], [0, 1, 2], 0)).flat();
  const lost = await lossOf({ chaos, maxLosses: 0 });
  // If the first to be lost was not the last to be at work, others have made steps behind it.
  if (lost instanceof RunLostError) expect(weightOf(lost.state.variables) / learningRate).toBe(lost.step);
  else expect(lost).toMatchObject({ code: 'WORKER_LOST', hint: expect.stringContaining('last checkpoint') });
});
