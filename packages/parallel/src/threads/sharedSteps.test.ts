import type { WorkerPhase } from '@lockstep/core/rank';
import { expect, it } from 'vitest';
import { HostControl } from '../shared/index.ts';
import { RankControl } from '../shared/rankControl.ts';
import { SharedSteps } from './sharedSteps.ts';
import { createPlanMemory, StepPlan } from './stepPlan.ts';

it('the host sees each phase begin of a rank that meets nobody: a long step of many phases is not taken for a hang', () => {
  const host = new HostControl(1, 0);
  const plan = new StepPlan(createPlanMemory(1));
  plan.write([{ program: 'train', entry: 0 }], () => 0);
  const seen: string[] = [];
  const phase: WorkerPhase = {
    own: () => {
      const { step, phase } = host.heartbeat(0);
      seen.push(`${step}.${phase}`);
      return 0;
    },
    shared: () => {},
    sharedPieces: 0,
  };
  const steps = new SharedSteps({
    programs: [[phase, phase, phase]],
    plan,
    control: new RankControl(host.memory, { rank: 0, size: 1, after: host.commandNumber }),
    clock: undefined,
    chaos: undefined,
    slowness: undefined,
  });
  steps.make(0, 1, 46);
  expect(seen).toEqual(['46.0', '46.1', '46.2']);
});
