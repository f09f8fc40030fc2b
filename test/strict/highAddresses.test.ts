import { describe, expect, it } from 'vitest';
import { type Compilation, compile, type ProgramSource } from '../../packages/core/src/compile/compile.ts';
import { arenaBytes } from '../../packages/core/src/compile/place.ts';
import { segments } from '../../packages/core/src/compile/program.ts';
import { canRunProducts, installProducts } from '../../packages/core/src/node/installProducts.ts';
import type { Executor } from '../../packages/core/src/runtime/executor.ts';
import { executorCases } from '../../packages/core/src/runtime/testing/index.ts';
import { createWasmExecutor, type WasmOptions } from '../../packages/core/src/runtime/wasm/executor.ts';
import { trainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';
import { goldenBits } from './golden.ts';
import { goldenRuns } from './runs.ts';

const cacheLine = 64;
const [firstSegment] = segments;
const signBit = 2 ** 31;
const end = 2 ** 32;

/** The same programs with every tensor so many bytes further up. Pages below are never touched and take no memory. */
function lifted(compilation: Compilation, by: number): Compilation {
  const shift = Math.floor(by / cacheLine) * cacheLine;
  const { bytes, programs } = compilation;
  return {
    ...compilation,
    bytes: { ...bytes, [firstSegment]: bytes[firstSegment] + shift },
    programs: programs.map((program) => ({
      ...program,
      tensors: program.tensors.map((tensor) =>
        tensor.place?.segment === firstSegment
          ? { ...tensor, place: { ...tensor.place, offset: tensor.place.offset + shift } }
          : tensor,
      ),
    })),
  };
}

/** Where the arena can lie, by the number of bytes that it takes. */
const places = {
  'all above 2 GiB': () => signBit,
  'half above 2 GiB': (bytes: number) => signBit - bytes / 2,
  'up to 4 GiB': (bytes: number) => end - bytes,
} as const;

describe.each(Object.entries(places))('an arena that lies %s', (_, placed) => {
  const executor = (sources: readonly ProgramSource[], workers: number, options: WasmOptions): Executor => {
    const compilation = compile(sources, { workers });
    const high = lifted(compilation, placed(arenaBytes(compilation.bytes, workers)));
    expect(arenaBytes(high.bytes, workers)).toBeGreaterThan(signBit);
    return createWasmExecutor(high, options);
  };

  it.each([
    { workers: 1, options: {} },
    { workers: 3, options: { wide: true } },
    ...(canRunProducts() ? [{ workers: 2, options: { install: installProducts } }] : []),
  ])('gives the golden bits with %o', async ({ workers, options }) => {
    const known = goldenBits('everything');
    const found = await trainedBits(
      goldenRuns.everything.run,
      (sources) => executor(sources, workers, options),
      workers,
      known.map(({ step }) => step),
    );
    expect(found).toEqual(known);
  });

  it.each(executorCases)('does what every executor does: $name', ({ programs, observe }) => {
    for (const { what, got, wanted } of observe(executor(programs, 3, {}))) expect(got, what).toEqual(wanted);
  });
});
