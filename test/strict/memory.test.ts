import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('printMemory.ts', import.meta.url));

/** More of them with MEMORY_STEPS=1000000. */
const steps = Number(process.env['MEMORY_STEPS'] ?? 20_000);

/**
 * What V8 compiles meanwhile, 60 to 200 KB measured, and the history that a run answers with, of which an epoch takes 350 to
 * 450 bytes; an epoch of this run has 500 steps.
 */
const allowedHeap = 256 * 1024 + (steps / 500) * 512;

/**
 * The optimizer's values are tabulated 65,536 steps at a time, 24 bytes a step for Adam: the plan holds the first table, a run
 * that has gone beyond it another one. Of a run that one table is enough for, nothing.
 */
const tableSteps = 65_536;
const allowedBuffers = steps <= tableSteps ? 0 : 24 * tableSteps;

it(`memory stays flat over ${steps} steps`, { timeout: 20_000 + steps }, () => {
  const printed = execFileSync(process.execPath, ['--expose-gc', script, String(steps)], {
    encoding: 'utf8',
  });
  const [early, late]: { steps: number; heap: number; buffers: number }[] = JSON.parse(printed);
  expect(late?.steps).toBeGreaterThanOrEqual(steps);
  expect((late?.buffers ?? Number.POSITIVE_INFINITY) - (early?.buffers ?? 0)).toBeLessThanOrEqual(
    allowedBuffers,
  );
  expect((late?.heap ?? Number.POSITIVE_INFINITY) - (early?.heap ?? 0)).toBeLessThan(allowedHeap);
});
