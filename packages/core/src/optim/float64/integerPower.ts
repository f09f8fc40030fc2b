/**
 * base to a non-negative integer power, in float64, by squaring: a fixed sequence of multiplications, so that it has
 * the same bits everywhere (those of `Math.pow` are the engine's choice). The relative error is below
 * exponent x 2^-53.
 */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
