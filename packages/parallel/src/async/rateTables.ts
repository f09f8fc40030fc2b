import type { Compilation, SegmentBytes } from '@lockstep/core/engine';
import type { RateTable } from './freeTask.ts';

/** The learning rates of the run's optimizer, and of those of groups. */
const isRate = (name: string): boolean => /^optimizer\.(groups\.\d+\.)?learningRate$/.test(name);

/** Where learning rates are in memory. */
export function rateTables({ programs }: Compilation, { steps }: SegmentBytes): readonly RateTable[] {
  return programs.flatMap(({ tensors }, program) =>
    tensors.flatMap(({ storage, place }) =>
      storage.kind === 'stepValue' && isRate(storage.name) && place !== undefined
        ? [{ program, address: steps + place.offset, stride: place.stepStride }]
        : [],
    ),
  );
}
