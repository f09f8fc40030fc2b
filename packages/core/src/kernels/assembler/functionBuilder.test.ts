import { describe, expect, it } from 'vitest';
import {
  type CountedLoop,
  type FunctionBuilder,
  type Local,
  ModuleBuilder,
  type ValueType,
} from './index.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const view = new DataView(memory.buffer);

type Run = (...args: (number | bigint)[]) => unknown;

/** Assembles a function over `memory` and returns it as JavaScript calls it. */
function compile(
  params: readonly ValueType[],
  results: readonly ValueType[],
  body: (f: FunctionBuilder) => void,
): Run {
  const module = new ModuleBuilder();
  module.importMemory('host', 'memory', { min: 1, max: 1, shared: true });
  module.func('probe', params, results, body, { export: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { host: { memory } });
  return instance.exports['probe'] as Run;
}

/** The 16 bytes a vector expression leaves in memory. */
function vectorBytes(push: (f: FunctionBuilder) => void): number[] {
  compile([], [], (f) => {
    f.i32Const(32);
    push(f);
    f.store('v128.store');
  })();
  return [...new Uint8Array(memory.buffer, 32, 16)];
}

describe('constants', () => {
  it('i32, signed and unsigned', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 8191, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32 - 1]) {
      expect(compile([], ['i32'], (f) => f.i32Const(value))()).toBe(value | 0);
    }
  });

  it('i64, signed and unsigned', () => {
    for (const value of [0n, -1n, 64n, -65n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n]) {
      expect(compile([], ['i64'], (f) => f.i64Const(value))()).toBe(BigInt.asIntN(64, value));
    }
  });

  it('f32 keeps every bit', () => {
    const bitsOf = (push: (f: FunctionBuilder) => void): unknown =>
      compile([], ['i32'], (f) => {
        push(f);
        f.op('i32.reinterpret_f32');
      })();
    const patterns = [0x80000000, 0x00000001, 0x807fffff, 0x7f800001, 0xffc12345, 0x7fc00000, 0x3f800001];
    for (const bits of patterns) expect(bitsOf((f) => f.f32ConstBits(bits))).toBe(bits | 0);
    expect(bitsOf((f) => f.f32Const(-0))).toBe(0x80000000 | 0);
    expect(bitsOf((f) => f.f32Const(2 ** -149))).toBe(1);
    expect(bitsOf((f) => f.f32Const(Number.NaN))).toBe(0x7fc00000);
    expect(bitsOf((f) => f.f32Const(0.1))).toBe(0x3dcccccd);
    expect(bitsOf((f) => f.f32Const(Number.NEGATIVE_INFINITY))).toBe(0xff800000 | 0);
  });

  it('f64 keeps every bit', () => {
    const bitsOf = (value: number): unknown =>
      compile([], ['i64'], (f) => f.f64Const(value).op('i64.reinterpret_f64'))();
    expect(bitsOf(-0)).toBe(-(2n ** 63n));
    expect(bitsOf(5e-324)).toBe(1n);
    expect(bitsOf(Number.NaN)).toBe(0x7ff8000000000000n);
    expect(bitsOf(Math.PI)).toBe(0x400921fb54442d18n);
  });

  it('v128 from bytes, from i32 lanes, from float32 lanes', () => {
    const bytes = [0, 1, 2, 127, 128, 255, 254, 0x0b, 8, 9, 10, 11, 12, 13, 14, 15];
    expect(vectorBytes((f) => f.v128Const(bytes))).toEqual(bytes);
    expect(vectorBytes((f) => f.v128Const(new Uint8Array(bytes)))).toEqual(bytes);
    expect(vectorBytes((f) => f.v128Const([1, -1, 2 ** 32 - 1, 0x04030201]))).toEqual([
      1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4,
    ]);
    const expected = new Uint8Array(new Float32Array([1.5, -0, Number.POSITIVE_INFINITY, 2 ** -149]).buffer);
    expect(vectorBytes((f) => f.f32x4Const(1.5, -0, Number.POSITIVE_INFINITY, 2 ** -149))).toEqual([
      ...expected,
    ]);
    expect(vectorBytes((f) => f.f32x4Const(3))).toEqual([
      ...new Uint8Array(new Float32Array(4).fill(3).buffer),
    ]);
  });
});

describe('vectors', () => {
  it('shuffle picks bytes of both operands', () => {
    const low = Array.from({ length: 16 }, (_, k) => k);
    const high = low.map((k) => k + 100);
    const lanes = [31, 0, 16, 15, 1, 2, 3, 4, 17, 18, 19, 20, 30, 29, 28, 27];
    expect(vectorBytes((f) => f.v128Const(low).v128Const(high).shuffle(lanes))).toEqual(
      lanes.map((lane) => (lane < 16 ? lane : lane - 16 + 100)),
    );
  });

  it('takes lanes out and puts them in', () => {
    const sum = compile(['f32'], ['f32'], (f) => {
      const v = f.local('v128');
      f.f32x4Const(1, 2, 3, 4).get(f.param(0)).replaceLane('f32x4.replace_lane', 2).set(v);
      f.get(v).extractLane('f32x4.extract_lane', 2).get(v).extractLane('f32x4.extract_lane', 3).op('f32.add');
    });
    expect(sum(10)).toBe(14);
  });

  it('loads and stores one lane', () => {
    view.setFloat32(64, 7.5, true);
    compile([], [], (f) => {
      const v = f.local('v128');
      f.i32Const(60).f32x4Const(0).loadLane('v128.load32_lane', 4, 3).set(v);
      f.i32Const(0).get(v).storeLane('v128.store32_lane', 68, 3);
    })();
    expect(view.getFloat32(68, true)).toBe(7.5);
  });

  it('fills and copies memory', () => {
    compile([], [], (f) => {
      f.i32Const(256).i32Const(0xab).i32Const(8).op('memory.fill');
      f.i32Const(272).i32Const(252).i32Const(8).op('memory.copy');
    })();
    expect([...new Uint8Array(memory.buffer, 272, 8)]).toEqual([0, 0, 0, 0, 0xab, 0xab, 0xab, 0xab]);
  });

  it('adds and exchanges atomically', () => {
    view.setInt32(512, 5, true);
    const run = compile([], ['i32'], (f) => {
      f.i32Const(0).i32Const(7).atomic('i32.atomic.rmw.add', 512).drop();
      f.i32Const(512).i32Const(12).i32Const(99).atomic('i32.atomic.rmw.cmpxchg');
    });
    expect(run()).toBe(12);
    expect(view.getInt32(512, true)).toBe(99);
  });
});

describe('control flow', () => {
  it('branches out of nested blocks to the right one', () => {
    const classify = compile(['i32'], ['i32'], (f) => {
      const x = f.param(0);
      f.block((big) => {
        f.block((middle) => {
          f.block((small) => {
            f.get(x).i32Const(10).op('i32.lt_s').brIf(small);
            f.get(x).i32Const(100).op('i32.lt_s').brIf(middle);
            f.br(big);
          });
          f.i32Const(1).return();
        });
        f.i32Const(2).return();
      });
      f.i32Const(3);
    });
    expect([5, 50, 500].map((x) => classify(x))).toEqual([1, 2, 3]);
  });

  it('leaves blocks, loops and ifs with a value', () => {
    const collatz = compile(['i32'], ['i32'], (f) => {
      const n = f.param(0);
      const steps = f.local('i32', 'steps');
      f.block((exit) => {
        f.loop((again) => {
          f.get(steps).get(n).i32Const(1).op('i32.eq').brIf(exit).drop();
          f.get(n).i32Const(1).op('i32.and');
          f.ifElse(
            () => f.get(n).i32Const(3).op('i32.mul').i32Const(1).op('i32.add'),
            () => f.get(n).i32Const(1).op('i32.shr_u'),
            'i32',
          );
          f.set(n).increment(steps, 1).br(again);
        }, 'i32');
      }, 'i32');
    });
    expect([1, 2, 6, 27].map((n) => collatz(n))).toEqual([0, 1, 8, 111]);
  });

  it('calls itself through its own reference', () => {
    const factorial = compile(['i64'], ['i64'], (f) => {
      const n = f.param(0);
      f.get(n).op('i64.eqz');
      f.ifElse(
        () => f.i64Const(1n),
        () => f.get(n).get(n).i64Const(1n).op('i64.sub').call(f.ref).op('i64.mul'),
        'i64',
      );
    });
    expect(factorial(20n)).toBe(2432902008176640000n);
  });

  it('selects, and traps where code must not come', () => {
    const max = compile(['f32', 'f32'], ['f32'], (f) => {
      const [a, b] = [f.param(0), f.param(1)];
      f.get(a).get(b).get(a).get(b).op('f32.gt').select();
    });
    expect([max(1, 2), max(3, 2)]).toEqual([2, 3]);
    expect(compile([], ['i32'], (f) => f.unreachable())).toThrow(WebAssembly.RuntimeError);
  });

  it('accepts any operands in code that cannot be reached, as V8 does', () => {
    expect(compile([], ['i32'], (f) => f.i32Const(4).return().op('f32x4.add').drop().op('i32.add'))()).toBe(
      4,
    );
    expect(compile([], ['i32'], (f) => f.i32Const(4).return().select())()).toBe(4);
  });
});

describe('countedLoop', () => {
  /** The counter in each pass, then its final value. */
  function visited(range: (f: FunctionBuilder) => CountedLoop, args: number[], initial = 0): number[] {
    const run = compile(
      args.map(() => 'i32'),
      ['i32'],
      (f) => {
        const counter = f.local('i32', 'k');
        const slot = f.local('i32', 'slot');
        f.i32Const(initial).set(counter).i32Const(1024).set(slot);
        f.countedLoop(counter, range(f), (k: Local) => {
          f.get(slot).get(k).store('i32.store').increment(slot, 4);
        });
        f.get(slot).get(counter).store('i32.store').get(slot);
      },
    );
    const last = run(...args) as number;
    return Array.from({ length: (last - 1024) / 4 + 1 }, (_, k) => view.getUint32(1024 + 4 * k, true));
  }

  it('runs from start to end by step, constants or locals', () => {
    expect(visited(() => ({ start: 2, end: 11, step: 3 }), [])).toEqual([2, 5, 8, 11]);
    expect(visited((f) => ({ start: f.param(0), end: f.param(1), step: 3 }), [2, 9])).toEqual([2, 5, 8, 11]);
    expect(visited((f) => ({ end: f.param(0) }), [9], 7)).toEqual([7, 8, 9]);
  });

  it('does not run when there is nothing to count', () => {
    expect(visited(() => ({ start: 4, end: 4 }), [])).toEqual([4]);
    expect(visited((f) => ({ start: f.param(0), end: f.param(1) }), [5, 5])).toEqual([5]);
    expect(visited((f) => ({ start: f.param(0), end: f.param(1) }), [6, 5])).toEqual([6]);
  });

  it('is a do-while when the caller promises one pass', () => {
    expect(visited((f) => ({ start: f.param(0), end: f.param(1), atLeastOnce: true }), [5, 5])).toEqual([
      5, 6,
    ]);
  });

  it('keeps addresses above 2 GiB in order', () => {
    const base = 2 ** 31 - 16;
    expect(visited(() => ({ start: base, end: base + 48, step: 16 }), [])).toEqual([
      base,
      base + 16,
      base + 32,
      base + 48,
    ]);
    const range = (f: FunctionBuilder): CountedLoop => ({ start: f.param(0), end: f.param(1), step: 16 });
    expect(visited(range, [base, base + 32])).toEqual([base, base + 16, base + 32]);
  });

  it('counts down and through negative numbers', () => {
    expect(visited(() => ({ start: 8, end: 0, step: -4, test: 'i32.ne' }), [])).toEqual([8, 4, 0]);
    const minusTwo = 2 ** 32 - 2;
    expect(visited(() => ({ start: -2, end: 1, test: 'i32.lt_s' }), [])).toEqual([
      minusTwo,
      minusTwo + 1,
      0,
      1,
    ]);
  });

  it('refuses a loop between constants that would not end', () => {
    const refused = (range: CountedLoop): string => {
      try {
        compile([], [], (f) => f.countedLoop(f.local('i32'), range, () => undefined));
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refused({ start: 0, end: 10, step: 0 })).toContain('the step is not an integer other than 0');
    expect(refused({ start: 10, end: 0, step: -1 })).toContain('counts down needs the test i32.ne');
    expect(refused({ start: 0, end: 10, step: 3, test: 'i32.ne' })).toContain('never equals its end');
    expect(refused({ start: 0, end: 2 ** 32 - 1, step: 16 })).toContain('wraps around');
  });
});

describe('locals', () => {
  it('are reused after release, so that a function has few', () => {
    const types: string[] = [];
    const run = compile(['i32'], ['i32'], (f) => {
      for (let k = 0; k < 100; k++) {
        const t = f.local('i32');
        const v = f.local('v128');
        types.push(`${t.index} ${v.index}`);
        f.get(f.param(0)).i32Const(k).op('i32.add').tee(t).op('i32x4.splat').set(v);
        f.get(v).extractLane('i32x4.extract_lane', 3).set(f.param(0)).release(t, v);
      }
      f.get(f.param(0));
    });
    expect(new Set(types)).toEqual(new Set(['1 2']));
    expect(run(0)).toBe(4950);
  });

  it('of mixed types land at the index they were promised', () => {
    const run = compile(['f32'], ['f64'], (f) => {
      const kinds: ValueType[] = ['i32', 'f64', 'f64', 'i64', 'i32', 'v128', 'f64'];
      const locals = kinds.map((kind) => f.local(kind));
      const doubles = locals.filter((local) => local.type === 'f64');
      doubles.forEach((local, k) => {
        f.f64Const(10 ** k).set(local);
      });
      f.get(f.param(0)).op('f64.promote_f32');
      for (const local of doubles) f.get(local).op('f64.add');
    });
    expect(run(0.5)).toBe(111.5);
  });
});
