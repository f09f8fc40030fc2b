import { fit, type StepEvent } from '@lockstep/core';
import { expect, it } from 'vitest';
import { describeDifference } from './describeDifference.ts';
import { drawRun } from './drawRun.ts';
import { RandomIntegers } from './randomIntegers.ts';
import { trainUndisturbed } from './schedule.ts';

it('says where the bits of a run first differ', async () => {
  const run = drawRun(new RandomIntegers(100_004));
  const wanted = await trainUndisturbed(run);
  const steps: StepEvent[] = [];
  const got = await fit(run, {
    onEvent: (event) => {
      if (event.type === 'step') steps.push(event);
    },
  });
  const told = {
    type: 'step',
    epoch: 1,
    step: 2,
    totalSteps: 9,
    learningRate: 0.1,
    loss: wanted.losses[1] ?? 0,
  } as const;
  const same = describeDifference({ ...got, steps: [{ ...told, samplesPerSecond: 1 }, ...steps] }, wanted);
  expect(same[0]).toBe('variables are the same, bit for bit');
  expect(same[1]).toBe('epochs are the same');
  expect(same[2]).toMatch(/all \d+ steps that were told of are the same/);

  const variables = new Map(got.variables);
  const [[path, value] = []] = variables;
  if (path === undefined || value === undefined) throw new Error('the run has variables');
  const values = Float32Array.from(value.values, (element, at) => (at === 1 ? -element : element));
  variables.set(path, { ...value, values });
  const history = got.history.map((event, at) => (at === 1 ? { ...event, loss: 7 } : event));
  const other = describeDifference(
    { variables, history, steps: [{ ...told, loss: 7, samplesPerSecond: 1 }] },
    wanted,
  );
  expect(other).toHaveLength(3);
  expect(other[0]).toContain(`${path} [`);
  expect(other[0]).toMatch(/: 1 of \d+ elements, from 1 to 1; the first is \S+ \(0x[0-9a-f]{8}\) instead of/);
  expect(other[1]).toMatch(/^epoch 2: loss 7 instead of/);
  expect(other[2]).toMatch(/step 2: loss 7 instead of/);
});
