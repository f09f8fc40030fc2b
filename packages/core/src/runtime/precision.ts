import type { FloatArray } from './executor.ts';

/**
 * How floats are computed. `float32`: every operation is rounded once and strict functions are their expansion into
 * primitives; this defines the bits. `float64`: nothing is rounded and functions are their float64 reference; this
 * measures the error of the former.
 */
export interface Precision<F extends FloatArray = FloatArray> {
  readonly round: (x: number) => number;
  readonly expandFunctions: boolean;
  readonly floats: (length: number) => F;
}

export const float32: Precision<Float32Array> = {
  round: Math.fround,
  expandFunctions: true,
  floats: (length) => new Float32Array(length),
};

export const float64: Precision<Float64Array> = {
  round: (x) => x,
  expandFunctions: false,
  floats: (length) => new Float64Array(length),
};
