import { describe, expect, it } from 'vitest';
import { canRunProducts, installProducts } from '../../node/installProducts.ts';
import { executorCases } from '../testing/index.ts';
import { wasmExecutor } from './executor.ts';

const variants = {
  'one worker': {},
  'wide tiles': { wide: true },
  'one worker, in eight parts': { parts: 8 },
  'three workers': { workers: 3 },
  'eight workers, wide tiles': { workers: 8, wide: true },
  ...(canRunProducts() && { 'three workers, machine code': { workers: 3, install: installProducts } }),
} as const;

describe.each(Object.entries(variants))('wasm with %s', (_, options) => {
  it.each(executorCases)('$name', ({ programs, observe }) => {
    for (const { what, got, wanted } of observe(wasmExecutor(programs, options)))
      expect(got, what).toEqual(wanted);
  });
});
