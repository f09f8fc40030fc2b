const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Bit patterns of float32 numbers (or integers as they are), with all NaNs alike: their payloads are not part of the bits. */
export function bitsOf(values: ArrayLike<number>): readonly (number | 'NaN')[] {
  if (!(values instanceof Float32Array)) return Array.from(values);
  return Array.from(values, (value) => {
    float[0] = value;
    return Number.isNaN(value) ? 'NaN' : (bits[0] ?? 0);
  });
}
