import { describe, expect, it } from 'vitest';
import { functions } from './functions.ts';
import { philox4x32 } from './philox.ts';
import { type Primitive, primitives } from './primitives.ts';
import { standardNormalFromBits, uniformFromBits } from './randomFloats.ts';
import { i32, rewrite, type Scalar, walk } from './scalar.ts';

/** The float32 value of an expression of one constant, with calls replaced by their expansions. */
function evaluate(expression: Scalar): number {
  const root = rewrite(expression, (scalar) =>
    scalar.kind === 'call' ? functions[scalar.name].expand(...scalar.args) : scalar,
  );
  const values = new Map<Scalar, number>();
  const rounded = (scalar: Scalar, value: number): number =>
    scalar.type === 'f32' ? Math.fround(value) : value;
  walk([root], (scalar) => {
    if (scalar.kind === 'constant') values.set(scalar, rounded(scalar, scalar.value));
    if (scalar.kind !== 'primitive') return;
    const { evaluate: apply }: Primitive = primitives[scalar.name];
    values.set(scalar, rounded(scalar, apply(...scalar.args.map((arg) => values.get(arg)!))));
  });
  return values.get(root)!;
}

const uniform = (bits: number): number => evaluate(uniformFromBits(i32(bits)));
const normal = (bits: number): number => evaluate(standardNormalFromBits(i32(bits)));

/** 8,000 words, always the same. */
const words = Array.from({ length: 2000 }, (_, block) => philox4x32([block, 0, 0, 0], [7, 0])).flat();

describe('uniformFromBits', () => {
  it('reaches 0 and the float32 before 1, and not 1', () => {
    expect(uniform(0)).toBe(0);
    expect(uniform(0xff)).toBe(0);
    expect(uniform(0x100)).toBe(2 ** -24);
    expect(uniform(0xffffffff)).toBe(1 - 2 ** -24);
  });

  it('fills the interval evenly', () => {
    const counts = new Array<number>(16).fill(0);
    for (const word of words) counts[Math.floor(uniform(word) * 16)]! += 1;
    const expected = words.length / 16;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99.9% of the chi-square distribution with 15 degrees of freedom.
    expect(chiSquare).toBeLessThan(37.7);
  });
});

describe('standardNormalFromBits', () => {
  it('is finite at the ends and symmetric', () => {
    // sqrt(2) erfInv(1 - 2^-24)
    expect(normal(0x7fffffff)).toBeCloseTo(5.41998, 4);
    expect(normal(0x80000000)).toBe(-normal(0x7fffffff));
    for (const word of words.slice(0, 500)) expect(normal(~word)).toBe(-normal(word));
  });

  it('has the distribution function of the normal law', () => {
    const sorted = words.map(normal).sort((a, b) => a - b);
    let furthest = 0;
    for (const [rank, value] of sorted.entries()) {
      const expected = (1 + functions.erf.reference(value / Math.SQRT2)) / 2;
      furthest = Math.max(furthest, Math.abs(expected - (rank + 0.5) / sorted.length));
    }
    // Kolmogorov and Smirnov, 99.9%.
    expect(furthest).toBeLessThan(1.95 / Math.sqrt(sorted.length));
  });
});
