import { defineRun } from '@lockstep/core';
import { prepareRun } from '@lockstep/core/engine';
import { expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { localOptions } from './localOptions.ts';
import { localPlan } from './localPlan.ts';

/** Five steps an epoch. */
const { plan } = prepareRun(defineRun(smallRunOptions));
const planned = (replicas: number, given = plan) =>
  localPlan(given, localOptions({ name: 'local', replicas, steps: 2 }));

it('warns of replicas that no round has a step for', () => {
  expect(planned(5)).toMatchObject({ stepsPerRound: 10, warnings: [] });
  const idle = (most: number, count: number) =>
    `8 replicas meet after ${most} mini-batches at most: ${count} of them never make a step`;
  expect(planned(8).warnings).toEqual([idle(5, 3)]);
  expect(planned(8, { ...plan, lastStep: 4 }).warnings).toEqual([idle(4, 4)]);
  const often = { ...plan, warnings: ['another'], callbackPeriods: { epochs: [1], steps: [7, 2] } };
  expect(planned(8, often).warnings).toEqual(['another', idle(2, 6)]);
});
