import { defineRun, type EpochEvent, fit, type Run, type RunState, weightsHash } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { type TrainOptions, type TrainResult, train } from '../coordinator/train.ts';
import { checkMode } from './checkMode.ts';
import type { Mode } from './mode.ts';

const epochs = 4;

/** 5 steps an epoch, the last of them of fewer rows; ends with the weights of its best epoch. */
const whole = defineRun({ ...smallRunOptions, name: 'small', epochs, checkpoint: { everySteps: 7 } });
/** The same up to the middle of an epoch. */
const upTo = (maxSteps: number, run: Run = whole): Run => ({ ...run, maxSteps });

interface Told extends TrainResult {
  readonly warnings: readonly string[];
  /** Epochs that are told of. */
  readonly told: readonly EpochEvent[];
  readonly resumedAt: number | undefined;
  /** By the steps that are made. */
  readonly states: ReadonlyMap<number, RunState>;
}

/** Trains, and keeps all that the run tells. */
async function trainTold(run: Run, options: TrainOptions): Promise<Told> {
  const warnings: string[] = [];
  const told: EpochEvent[] = [];
  const states = new Map<number, RunState>();
  let resumedAt: number | undefined;
  const result = await train(run, {
    ...options,
    onSave: (state) => {
      states.set(state.loop.stepsMade, state);
    },
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
      if (event.type === 'epoch') told.push(event);
      if (event.type === 'start') resumedAt = event.resumedAt;
    },
  });
  return { ...result, warnings, told, resumedAt, states };
}

function stateAt({ states }: Told, steps: number): RunState {
  const state = states.get(steps);
  if (state === undefined) throw new Error(`there is no state after ${steps} steps`);
  return state;
}

const hashOf = ({ variables }: RunState): string => weightsHash([...variables.values()]);
const valuesOf = ({ variables }: RunState): object =>
  Object.fromEntries([...variables].map(([path, { values }]) => [path, [...values]]));
/** What has come of a run, but for times. */
const bitsOf = ({ weightsHash: weights, history }: Pick<TrainResult, 'weightsHash' | 'history'>): object => ({
  weights,
  history: history.map(({ epoch, loss, metrics, valLoss, valMetrics }) => [
    epoch,
    loss,
    metrics,
    valLoss,
    valMetrics,
  ]),
});

const momentum = { name: 'local', replicas: 3, steps: 1, outerMomentum: 0.5 } as const;
const mean = { ...momentum, outerMomentum: 0 } as const;

/** With one worker, or one replica, every mode has the bits of the synchronous one. */
const alone: readonly Mode[] = [
  { name: 'hogwild' },
  { name: 'stale', bound: 0 },
  { name: 'server' },
  { name: 'local', replicas: 1 },
];

it('a run that goes from one mode into another has the bits of one that does not', async () => {
  const [begins, ...rest] = alone;
  const last = [...rest, { name: 'sync' } as const];
  let made = 3;
  let leg = await trainTold(upTo(made), { workers: 1, mode: begins ?? 'sync' });
  for (const mode of last) {
    const state = stateAt(leg, made);
    made = mode === last.at(-1) ? 5 * epochs : made + 3;
    leg = await trainTold(upTo(made), { workers: 1, mode, resume: state });
    expect([leg.resumedAt, leg.steps]).toEqual([state.loop.stepsMade, made]);
    expect(leg.warnings).toEqual([
      `the run was trained in mode ${JSON.stringify(state.mode)} so far and goes on in ${JSON.stringify(checkMode(mode))}: its bits are those of neither`,
    ]);
  }
  expect(bitsOf(leg)).toEqual(bitsOf(await fit(whole)));
});

describe.each(['hogwild', 'server'] as const)('%s with two workers', (mode) => {
  it('goes on from where it was saved, with the weights that it had', async () => {
    const first = await trainTold(upTo(7), { workers: 2, mode });
    const state = stateAt(first, 7);
    // Without a learning rate no weight moves: at the end they are those that the workers began with.
    const still = defineRun({ ...whole.options, learningRate: 0 });
    const rest = await trainTold(still, { workers: 2, mode, resume: state });
    expect([rest.resumedAt, rest.steps, rest.epochs, rest.warnings]).toEqual([7, 20, epochs, []]);
    expect(rest.told.map(({ epoch }) => epoch)).toEqual([2, 3, 4]);
    expect(rest.history[0]).toEqual(first.told[0]);
    expect([...rest.states].map(([steps, saved]) => [steps, hashOf(saved)])).toEqual([
      [14, hashOf(state)],
      [20, hashOf(state)],
    ]);
  });
});

const isMomentum = (path: string): boolean => path.startsWith('outer.momentum.');
/** A state with other variables, of the best epoch too. */
function withVariables(
  { loop, variables, ...state }: RunState,
  change: (of: RunState['variables']) => RunState['variables'],
): RunState {
  const { best } = loop;
  return {
    ...state,
    loop: { ...loop, ...(best && { best: { ...best, variables: change(best.variables) } }) },
    variables: change(variables),
  };
}
const withoutMomentum = (state: RunState): RunState =>
  withVariables(state, (variables) => new Map([...variables].filter(([path]) => !isMomentum(path))));
const withMomentumOf0 = (state: RunState): RunState =>
  withVariables(
    state,
    (variables) =>
      new Map(
        [...variables].map(([path, value]) => [
          path,
          isMomentum(path) ? { ...value, values: value.values.map(() => 0) } : value,
        ]),
      ),
  );

describe('local', () => {
  /** Saved after 7 steps, which is in the middle of a round. */
  const withMomentum = trainTold(whole, { workers: 1, mode: momentum });

  it.each([
    ['the mean', mean, () => trainTold(whole, { workers: 1, mode: mean })],
    ['momentum', momentum, () => withMomentum],
  ])('with %s goes on with the bits of a run that was not interrupted', async (_, mode, made) => {
    const first = await made();
    const rest = await trainTold(whole, { workers: 2, mode, resume: stateAt(first, 8) });
    expect([rest.resumedAt, rest.warnings]).toEqual([8, []]);
    expect(bitsOf(rest)).toEqual(bitsOf(first));
  });

  it.each(['sync', 'hogwild'] as const)(
    'whose outer momentum ends where it goes on in mode %s',
    async (mode) => {
      const state = stateAt(await withMomentum, 8);
      expect(state.loop.best?.epoch.epoch).toBe(1);
      const rest = await trainTold(whole, { workers: 1, mode, resume: state });
      expect(rest.warnings).toEqual([
        'the run goes on without the outer momentum that it had so far',
        expect.stringMatching(/"outerMomentum":0.5} so far and goes on in \{"name":"(sync|hogwild)"}/),
      ]);
      expect(bitsOf(rest)).toEqual(bitsOf(await fit(whole, { resume: withoutMomentum(state) })));
      expect([...stateAt(rest, 14).variables.keys()].filter(isMomentum)).toEqual([]);
    },
  );

  it('whose outer momentum fit cannot go on with says who can', async () => {
    const resume = stateAt(await withMomentum, 8);
    await expect(fit(whole, { resume })).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      hint: expect.stringMatching(/in mode \{"name":"local".*train of @lockstep\/parallel/),
    });
  });

  it('whose outer momentum begins later begins it at 0', async () => {
    const state = stateAt(await withMomentum, 8);
    const wanted = withMomentumOf0(state);
    expect(valuesOf(wanted)).not.toEqual(valuesOf(state));
    const signal = AbortSignal.abort();
    const resume = withoutMomentum(state);
    const stopped = await trainTold(whole, { workers: 1, mode: momentum, resume, signal });
    expect(stopped.warnings).toEqual(['the run had no outer momentum so far: it begins at 0']);
    expect([stopped.reason, stopped.steps]).toEqual(['aborted', 8]);
    expect(valuesOf(stateAt(stopped, 8))).toEqual(valuesOf(wanted));
  });
});
