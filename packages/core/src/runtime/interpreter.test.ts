import { describe, expect, it } from 'vitest';
import { lower } from '../compile/lower.ts';
import { createInterpreter } from './interpreter.ts';
import { executorCases } from './testing/index.ts';

describe('the interpreter', () => {
  it.each(executorCases)('$name', ({ programs, observe }) => {
    const executor = createInterpreter(programs.map(({ graph, ...options }) => lower(graph, options)));
    for (const { what, got, wanted } of observe(executor)) expect(got, what).toEqual(wanted);
  });
});
