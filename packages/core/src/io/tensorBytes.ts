import type { FloatArray } from '../runtime/executor.ts';

export const tensorDTypes = ['float32', 'float64'] as const;
export type TensorDType = (typeof tensorDTypes)[number];

export function dtypeOfTensor(values: FloatArray): TensorDType {
  return values instanceof Float64Array ? 'float64' : 'float32';
}

export function bytesOfElement(dtype: TensorDType): number {
  return dtype === 'float64' ? 8 : 4;
}

/** The memory of a tensor. Every machine that V8 compiles WebAssembly for is little-endian, as files are. */
export function bytesOfTensor(values: FloatArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export function allocateTensor(dtype: TensorDType, elements: number): FloatArray {
  return dtype === 'float64' ? new Float64Array(elements) : new Float32Array(elements);
}
