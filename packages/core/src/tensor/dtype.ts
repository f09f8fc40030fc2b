/** Element types of tensors. `bool` is stored as a 32-bit mask (0 or all ones), so that a vector comparison is its own result. */
export type DType = 'float32' | 'int32' | 'uint8' | 'bool';

/** Bytes one element takes in memory. */
export const dtypeBytes = {
  float32: 4,
  int32: 4,
  uint8: 1,
  bool: 4,
} as const satisfies Record<DType, number>;
