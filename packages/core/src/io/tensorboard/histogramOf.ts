/** A histogram with buckets of equal width, from the least number to the greatest. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Upper bounds of the buckets; the first begins at `min`. */
  readonly bucketLimit: readonly number[];
  /** How many numbers are in each. */
  readonly bucket: readonly number[];
}

/** As many as TensorBoard shows. */
const buckets = 30;

/** @param values - those that are not finite are left out */
export function histogramOf(values: Iterable<number>): Histogram {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
  }
  if (finite.length === 0)
    return { min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, bucketLimit: [0], bucket: [0] };
  const count = min === max ? 1 : buckets;
  const bucket = Array.from({ length: count }, () => 0);
  for (const value of finite) {
    const at = count === 1 ? 0 : Math.min(count - 1, Math.floor(((value - min) / (max - min)) * count));
    bucket[at] = (bucket[at] ?? 0) + 1;
  }
  const limit = (at: number): number => (at + 1 === count ? max : min + ((max - min) * (at + 1)) / count);
  return {
    min,
    max,
    num: finite.length,
    sum,
    sumSquares,
    bucketLimit: bucket.map((_, at) => limit(at)),
    bucket,
  };
}
