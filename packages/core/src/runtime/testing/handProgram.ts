import type {
  Kernel,
  Phase,
  Program,
  ProgramTensor,
  Segment,
  Split,
  Storage,
} from '../../compile/program.ts';
import type { Nest } from '../../nest/nest.ts';
import { axis, primitive, type Scalar } from '../../nest/scalar.ts';

/** Elements of every tensor of a hand-made program. */
export const size = 8;

const float32Bytes = 4;

/** A float32 vector of 8, at a byte offset of a segment. */
export function vector(
  id: number,
  name: string,
  storage: Storage,
  segment: Segment,
  offset: number,
): ProgramTensor {
  return {
    id,
    name,
    shape: [size],
    dtype: 'float32',
    storage,
    layout: { axes: [[{ extent: size, stride: 1 }]], elements: size },
    place: { segment, offset, stepStride: segment === 'results' ? size * float32Bytes : 0 },
  };
}

export const loadAt = (tensor: number, index: Scalar): Scalar => ({
  kind: 'load',
  type: 'f32',
  tensor,
  index: [index],
});

/** The index of the element opposite to the current one: with two or more workers always another one's. */
export const opposite: Scalar = primitive(
  'intSub',
  { kind: 'constant', type: 'i32', value: size - 1 },
  axis(0),
);

/** Stores `value` to every element of a tensor, in units of 2 unless told otherwise. */
export function map(
  name: string,
  tensor: number,
  value: Scalar,
  split: Split = { kind: 'axis', axis: 0, unit: 2, units: size / 2 },
): Kernel {
  const nest: Nest = {
    name,
    axes: [{ size, batch: false }],
    stores: [{ tensor, index: [axis(0)], value }],
  };
  return { nest, split };
}

/** One group a kernel. */
export const phaseOf = (...kernels: Kernel[]): Phase => ({
  groups: kernels.map((kernel) => ({ kernels: [kernel], chunk: 1 })),
});

export const programOf = (tensors: readonly ProgramTensor[], ...phases: Phase[]): Program => ({
  name: 'hand',
  tensors,
  phases,
  batchSize: 0,
  lanes: 1,
  steps: 1,
});
