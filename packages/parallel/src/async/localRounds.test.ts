import { defineRun } from '@lockstep/core';
import { createMemory, prepareRun } from '@lockstep/core/engine';
import type { WorkerPhase } from '@lockstep/core/rank';
import { expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { HostControl } from '../shared/hostControl.ts';
import { RankControl } from '../shared/rankControl.ts';
import { createPlanMemory, StepPlan } from '../threads/stepPlan.ts';
import { compileForLocal } from './compileForLocal.ts';
import { LocalRounds } from './localRounds.ts';
import { phasesApart } from './localTask.ts';

it('shows every phase of every step, so that a rank in a long one is not taken for one that hangs', () => {
  const { sources } = prepareRun(defineRun(smallRunOptions));
  const { compilation, local } = compileForLocal(
    sources,
    { name: 'local', replicas: 2, steps: 2 },
    { workers: 1 },
  );
  if (local === undefined) throw new Error('there is no local program');
  const host = new HostControl(1, 0);
  const control = new RankControl(host.memory, { rank: 0, size: 1, after: host.commandNumber });
  const shown: string[] = [];
  const phase: WorkerPhase = {
    own: () => {
      const { step, phase, apart } = host.heartbeat(0);
      shown.push(`${step} ${apart} ${phase}`);
      return 0;
    },
    shared: () => {},
    sharedPieces: 0,
  };
  const plan = new StepPlan(createPlanMemory(4));
  const program = local.kinds.indexOf('training');
  plan.write(
    Array.from({ length: 4 }, (_, entry) => ({ program: 'train', entry })),
    () => program,
  );
  const rounds = new LocalRounds({
    ...{ local, plan, control, memory: createMemory(compilation, true) },
    ...{ clock: undefined, chaos: undefined, slowness: undefined },
    programsOf: () => local.kinds.map(() => [phase, phase, phase]),
  });
  expect([rounds.make(0, 4, 100), rounds.at]).toEqual([0, 4]);
  expect(shown).toEqual([1, 2, 3, 4].flatMap((apart) => [0, 1, 2].map((at) => `100 ${apart} ${at}`)));
});

it('waits at a barrier for as long as the phases of a round may take', () => {
  const { sources } = prepareRun(defineRun({ ...smallRunOptions, batchSize: 16, lanes: 4, microBatch: 4 }));
  const { local } = compileForLocal(sources, { name: 'local', replicas: 4, steps: 8 }, { workers: 2 });
  if (local === undefined) throw new Error('there is no local program');
  expect(local.parts).toBe(4);
  // Two replicas of a worker make 8 steps each, of four parts and what combines them.
  expect(phasesApart({ ...local, phases: 3 })).toBe(3 * 2 * 8 * 5);
  expect(phasesApart({ ...local, phases: 3, steps: 1, parts: 0 })).toBe(3 * 16);
});
