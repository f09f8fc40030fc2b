import { describe, expect, it } from 'vitest';
import { LARGEST_ANGLE } from './functions/quarterTurns.ts';
import { type FunctionName, functions } from './functions.ts';
import { type Primitive, primitives } from './primitives.ts';
import { type Scalar, walk } from './scalar.ts';

const names = Object.keys(functions) as FunctionName[];
const argument: Scalar = { kind: 'load', type: 'f32', tensor: 0, index: [] };
const expansions = Object.fromEntries(names.map((name) => [name, functions[name].expand(argument)]));

/** Every 40,009th of the 2^32 float32; LOCKSTEP_SWEEP_STRIDE=1 takes them all, at some minutes a function. */
const stride = Number(process.env['LOCKSTEP_SWEEP_STRIDE'] ?? 40_009);

/** Whole columns at a time: storing in a column of the value's type is what rounds it. */
function evaluate(name: FunctionName, x: Float32Array): Float32Array {
  const columns = new Map<Scalar, Float32Array | Int32Array>([[argument, x]]);
  const root = expansions[name]!;
  walk([root], (scalar) => {
    if (scalar === argument) return;
    const column = scalar.type === 'f32' ? new Float32Array(x.length) : new Int32Array(x.length);
    columns.set(scalar, column);
    if (scalar.kind === 'constant') column.fill(scalar.value);
    if (scalar.kind !== 'primitive') return;
    const { evaluate: apply }: Primitive = primitives[scalar.name];
    const [a, b = a, c = a] = scalar.args.map((arg) => columns.get(arg)!);
    for (let row = 0; row < x.length; row++) column[row] = apply(a![row]!, b![row]!, c![row]!);
  });
  return columns.get(root) as Float32Array;
}

const at = (name: FunctionName, x: number): number => evaluate(name, Float32Array.of(x))[0]!;

/** Distance in units of the last place that a float32 has at `exact`; the ends of the range must be met exactly. */
function ulpError(got: number, exact: number): number {
  if (!Number.isFinite(got) || !Number.isFinite(Math.fround(exact)) || exact === 0)
    return Object.is(got, Math.fround(exact)) ? 0 : Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(got - exact) / 2 ** (exponent - 23);
}

/** Where a sweep over all float32 found the largest errors. */
const worstArguments: Record<FunctionName, number> = {
  exp: -5.853371,
  log: 1.4133185,
  tanh: 0.06179807,
  sigmoid: -4.1572938,
  log1p: 0.44381937,
  expm1: 0.379288,
  erf: 3.064413,
  erfInv: 0.27178937,
  sin: 27671.398,
  cos: 33176.54,
  softplus: 0.010364263,
};

/** Where an overflow, an underflow, a saturation or another exponent begins. */
const boundaries = [
  0,
  1,
  -1,
  9.1,
  88.72284,
  -20,
  -87.33655,
  -103.97208,
  2 ** -126,
  Math.SQRT1_2,
  Math.SQRT2,
  3.85,
];

/** The float32 from 200 before a point to 200 after it. */
function neighbours(point: number): number[] {
  const [bits = 0] = new Int32Array(Float32Array.of(point).buffer);
  return Array.from({ length: 401 }, (_, step) => bits + step - 200);
}

/** Neighbours of the points that matter, an even spread where networks live, and a spread of all float32. */
function* samples(name: FunctionName): Generator<Float32Array> {
  const points = [worstArguments[name], ...boundaries];
  yield new Float32Array(Int32Array.from(points.flatMap(neighbours)).buffer);
  yield Float32Array.from({ length: 20_000 }, (_, row) => row / 1000 - 10);
  const chunk = 1 << 16;
  for (let start = 0; start < 2 ** 32; start += chunk * stride) {
    const length = Math.min(chunk, Math.ceil((2 ** 32 - start) / stride));
    yield new Float32Array(Int32Array.from({ length }, (_, row) => (start + row * stride) | 0).buffer);
  }
}

/** sin and cos promise nothing but NaN beyond this. */
const domain: Partial<Record<FunctionName, number>> = { sin: LARGEST_ANGLE, cos: LARGEST_ANGLE };

describe.each(names)('%s', (name) => {
  it('is made of primitives that every target has for vectors', () => {
    walk([expansions[name]!], (scalar) => {
      if (scalar === argument || scalar.kind === 'constant') return;
      expect(scalar.kind).toBe('primitive');
      expect(scalar.kind === 'primitive' && scalar.name).not.toMatch(/^index/);
    });
  });

  it('stays within its stated error, which is not generous', {
    timeout: 20_000 + (40_009 / stride) * 1000,
  }, () => {
    const { reference, ulp } = functions[name];
    const limit = domain[name] ?? Infinity;
    let worst = 0;
    let where = 0;
    for (const x of samples(name)) {
      const got = evaluate(name, x);
      for (const [row, value] of x.entries()) {
        if (Math.abs(value) > limit) continue;
        const error = ulpError(got[row]!, reference(value));
        if (error > worst) {
          worst = error;
          where = value;
        }
      }
    }
    expect(worst, `at ${where}`).toBeLessThanOrEqual(ulp);
    expect(worst, `at ${where}`).toBeGreaterThan(0.95 * ulp);
  });
});

describe('special values', () => {
  const { POSITIVE_INFINITY: inf, NaN: nan } = Number;
  const smallest = 2 ** -149;
  it.each<[FunctionName, number, number]>([
    ['exp', -inf, 0],
    ['exp', inf, inf],
    ['exp', -0, 1],
    ['exp', 88.72283172607422, Math.fround(3.4027985111153e38)],
    ['exp', 88.72283935546875, inf],
    ['exp', -103.97208404541016, 0],
    ['exp', -103.97207641601562, smallest],
    ['exp', -100, 27 * smallest],
    ['log', 0, -inf],
    ['log', -0, -inf],
    ['log', -smallest, nan],
    ['log', -inf, nan],
    ['log', inf, inf],
    ['log', 1, 0],
    ['log', smallest, Math.fround(-149 * Math.LN2)],
    ['log1p', -1, -inf],
    ['log1p', -1.0000001, nan],
    ['log1p', inf, inf],
    ['log1p', -0, -0],
    ['log1p', smallest, smallest],
    ['expm1', -inf, -1],
    ['expm1', inf, inf],
    ['expm1', -0, -0],
    ['expm1', -smallest, -smallest],
    ['tanh', inf, 1],
    ['tanh', -inf, -1],
    ['tanh', -0, -0],
    ['tanh', smallest, smallest],
    ['sigmoid', inf, 1],
    ['sigmoid', -inf, 0],
    ['sigmoid', 0, 0.5],
    ['sigmoid', -100, 27 * smallest],
    ['softplus', inf, inf],
    ['softplus', -inf, 0],
    ['softplus', -100, 27 * smallest],
    ['softplus', 1000, 1000],
    ['erf', inf, 1],
    ['erf', -inf, -1],
    ['erf', -0, -0],
    ['erfInv', 1, inf],
    ['erfInv', -1, -inf],
    ['erfInv', 1.0000001, nan],
    ['erfInv', -inf, nan],
    ['erfInv', -0, -0],
    ['sin', inf, nan],
    ['sin', -inf, nan],
    ['sin', -0, -0],
    ['sin', LARGEST_ANGLE * 2, nan],
    ['cos', inf, nan],
    ['cos', 0, 1],
    ['cos', -LARGEST_ANGLE * 2, nan],
  ])('%s(%d) is %d', (name, x, expected) => {
    expect(at(name, x)).toBe(expected);
  });

  it.each(names)('%s(NaN) is NaN', (name) => {
    expect(at(name, nan)).toBeNaN();
  });
});

describe('shape', () => {
  const x = Float32Array.from({ length: 20_001 }, (_, row) => (row - 10_000) / 800);

  it.each<FunctionName>(['tanh', 'erf', 'sin', 'erfInv'])('%s is odd to the bit', (name) => {
    const negated = evaluate(
      name,
      x.map((value) => -value),
    ).map((value) => -value);
    expect(negated).toEqual(evaluate(name, x));
  });

  it.each<FunctionName>(['tanh', 'erf', 'sin', 'cos', 'sigmoid'])('%s never passes 1', (name) => {
    expect(Math.max(...evaluate(name, x).map(Math.abs))).toBeLessThanOrEqual(1);
  });
});
