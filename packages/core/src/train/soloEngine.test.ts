import { describe, expect, it } from 'vitest';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { executors } from './executors.ts';
import { soloEngine } from './soloEngine.ts';
import { engineCases } from './testing/engineCases.ts';

describe.each([
  ['wasm', 1],
  ['wasm', 3],
  ['interpreter', 1],
  ['float64', 1],
] as const)('a solo engine of the %s executor with %i workers', (name, workers) => {
  it.each(engineCases)('$name', async ({ sources, observe }) => {
    const executor: Executor<FloatArray> = executors[name](sources, workers);
    const engine = soloEngine(executor, workers);
    for (const { what, got, wanted } of await observe(engine)) expect(got, what).toEqual(wanted);
    await engine.close();
  });
});
