import { describe, expect, it } from 'vitest';
import { type Compilation, compile, type ProgramSource } from '../../packages/core/src/compile/compile.ts';
import { arenaBytes } from '../../packages/core/src/compile/place.ts';
import { segments } from '../../packages/core/src/compile/program.ts';
import type { Executor } from '../../packages/core/src/runtime/executor.ts';
import { executorCases } from '../../packages/core/src/runtime/testing/index.ts';
import { createWasmExecutor } from '../../packages/core/src/runtime/wasm/executor.ts';
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
  const executor = (sources: readonly ProgramSource[], workers: number, wide: boolean): Executor => {
    const compilation = compile(sources, { workers });
    const high = lifted(compilation, placed(arenaBytes(compilation.bytes, workers)));
    expect(arenaBytes(high.bytes, workers)).toBeGreaterThan(signBit);
    return createWasmExecutor(high, { wide });
  };

  it.each([
    { workers: 1, wide: false },
    { workers: 3, wide: true },
  ])('gives the golden bits with %o', async ({ workers, wide }) => {
    const known = goldenBits('everything');
    const found = await trainedBits(
      goldenRuns.everything.run,
      (sources) => executor(sources, workers, wide),
      workers,
      known.map(({ step }) => step),
    );
    expect(found).toEqual(known);
  });

  it.each(executorCases)('does what every executor does: $name', ({ programs, observe }) => {
    for (const { what, got, wanted } of observe(executor(programs, 3, false)))
      expect(got, what).toEqual(wanted);
  });
});
