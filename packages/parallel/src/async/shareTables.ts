import { type Compilation, type SegmentBytes, updateShareName } from '@lockstep/core/engine';

/** Where a program has the shares that its updates count for: one float32 for each entry of its tables. */
export interface ShareTable {
  readonly program: number;
  /** Byte address of entry 0, and bytes to the next. */
  readonly address: number;
  readonly stride: number;
}

/** All of these tables. */
export function shareTables({ programs }: Compilation, { steps }: SegmentBytes): readonly ShareTable[] {
  return programs.flatMap(({ tensors }, program) =>
    tensors.flatMap(({ storage, place }) =>
      storage.kind === 'stepValue' && storage.name === updateShareName && place !== undefined
        ? [{ program, address: steps + place.offset, stride: place.stepStride }]
        : [],
    ),
  );
}
