import { describe, expect, it } from 'vitest';
import { engineCases } from '../../../core/src/train/testing/engineCases.ts';
import { threadsEngine } from './threadsEngine.ts';

describe.each([1, 2, 3])('threads, %i of them', (workers) => {
  it.each(engineCases)('$name', async ({ sources, observe }) => {
    const engine = await threadsEngine({ workers })(sources, 1);
    try {
      for (const { what, got, wanted } of await observe(engine)) expect(got, what).toEqual(wanted);
    } finally {
      await engine.close();
    }
  });
});
