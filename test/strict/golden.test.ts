import { fit, numericsVersion } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import {
  laneSimulations,
  laneWasmExecutors,
  oracle,
  simulations,
  wasmExecutors,
} from '../../packages/core/src/train/testing/executors.ts';
import { trainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';
import { goldenBits, marksOf, readGolden } from './golden.ts';
import { waysFor } from './pairings.ts';
import { goldenNames, goldenRuns } from './runs.ts';

describe.each(goldenNames)('the golden bits of %s', { timeout: 60_000 }, (name) => {
  const golden = goldenRuns[name];
  const { run, simulated, interpreted } = golden;
  const severalLanes = run.lanes > 1;
  const marksUpTo = (most = Number.POSITIVE_INFINITY): number[] =>
    marksOf(golden).filter((step) => step <= most);

  it('are those of this version of the numerics, up to the end of the run', () => {
    const known = readGolden(name);
    expect(known?.numericsVersion).toBe(numericsVersion);
    expect(known?.marks.map(({ step }) => step)).toEqual(marksOf(golden));
  });

  it(`come out of the interpreter, for ${interpreted} steps`, async () => {
    expect(await trainedBits(run, oracle, 1, marksUpTo(interpreted))).toEqual(goldenBits(name, interpreted));
  });

  const some = <T>(ways: readonly T[], step: number): readonly T[] =>
    waysFor(name, goldenNames.indexOf(name), ways, step);

  it.each(
    some(
      Object.entries({ ...simulations, ...(severalLanes ? laneSimulations : {}) }).flatMap(
        ([executor, factory]) => [1, 2, 3, 8, 16].map((workers) => ({ executor, factory, workers })),
      ),
      5,
    ),
  )(`come out of $executor with $workers workers, for ${simulated} steps`, async ({ factory, workers }) => {
    expect(await trainedBits(run, factory, workers, marksUpTo(simulated))).toEqual(
      goldenBits(name, simulated),
    );
  });

  describe.each(some(Object.entries({ ...wasmExecutors, ...(severalLanes ? laneWasmExecutors : {}) }), 1))(
    'come out of wasm with %s',
    (_, factory) => {
      it.each(some([1, 3], 2))('with the shares of %i workers, to the end', async (workers) => {
        expect(await trainedBits(run, factory, workers, marksUpTo())).toEqual(goldenBits(name));
      });

      it.each(some([2, 8, 16], 2))(
        `with the shares of %i workers, for ${interpreted} steps`,
        async (workers) => {
          expect(await trainedBits(run, factory, workers, marksUpTo(interpreted))).toEqual(
            goldenBits(name, interpreted),
          );
        },
      );
    },
  );

  it('come out of fit', async () => {
    const { weightsHash, steps } = await fit(run);
    const last = goldenBits(name).at(-1);
    expect({ step: steps, weights: weightsHash }).toEqual({ step: last?.step, weights: last?.weights });
  });
});
