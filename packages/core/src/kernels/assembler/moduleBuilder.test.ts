import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { LockstepError } from '../../errors.ts';
import { type FunctionRef, ModuleBuilder, type ModuleOptions } from './index.ts';

const reader = await wabt();

function instantiate(module: ModuleBuilder, host: WebAssembly.ModuleImports = {}): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { host }).exports;
}

describe('ModuleBuilder', () => {
  it('makes an empty module', () => {
    expect(WebAssembly.validate(new ModuleBuilder().toBytes())).toBe(true);
  });

  it('imports memory, globals and functions, and exports functions by name', () => {
    const module = new ModuleBuilder();
    const log = module.importFunction('host', 'log', ['i32'], []);
    module.importMemory('host', 'memory', { min: 1, max: 2, shared: true });
    const base = module.importGlobal('host', 'base');
    const scale = module.importGlobal('host', 'scale', 'f32');
    const store = module.func('store', ['f32'], [], (f) => {
      f.globalGet(base).get(f.param(0)).globalGet(scale).op('f32.mul').store('f32.store', 4);
    });
    module.func(
      'run',
      ['f32'],
      [],
      (f) => {
        f.get(f.param(0)).call(store).globalGet(base).call(log);
      },
      { export: true },
    );
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const logged: number[] = [];
    const exports = instantiate(module, {
      memory,
      base: 128,
      scale: 0.5,
      log: (value: number) => logged.push(value),
    });
    expect(Object.keys(exports)).toEqual(['run']);
    (exports['run'] as (x: number) => void)(3);
    expect(new Float32Array(memory.buffer)[33]).toBe(1.5);
    expect(logged).toEqual([128]);
  });

  it('asks the host for the memory it was told to', () => {
    const bytesWith = (limits: { min: number; max?: number; shared?: boolean }): Uint8Array<ArrayBuffer> => {
      const module = new ModuleBuilder();
      module.importMemory('host', 'memory', limits);
      return module.toBytes();
    };
    const textOf = (bytes: Uint8Array): string =>
      reader.readWasm(bytes, { threads: true, readDebugNames: false }).toText({});
    expect(textOf(bytesWith({ min: 3 }))).toContain('(memory (;0;) 3)');
    expect(textOf(bytesWith({ min: 0, max: 65536 }))).toContain('(memory (;0;) 0 65536)');
    const large = bytesWith({ min: 65536, max: 65536, shared: true });
    expect(textOf(large)).toContain('(memory (;0;) 65536 65536 shared)');
    expect(WebAssembly.validate(large)).toBe(true);
  });

  it('reads and writes above 2 GiB and at offsets above 2 GiB', () => {
    const pages = 32769;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const module = new ModuleBuilder();
    module.importMemory('host', 'memory', { min: pages, max: pages, shared: true });
    module.func(
      'copy',
      ['i32'],
      ['i32'],
      (f) => {
        f.i32Const(2 ** 31 + 64)
          .i32Const(77)
          .store('i32.store');
        f.get(f.param(0)).load('i32.load', 2 ** 31 + 32);
      },
      { export: true },
    );
    const copy = instantiate(module, { memory })['copy'] as (address: number) => number;
    expect(copy(32)).toBe(77);
    expect(() => copy(2 ** 31 - 1)).toThrow(WebAssembly.RuntimeError);
    expect(new DataView(memory.buffer).getInt32(2 ** 31 + 64, true)).toBe(77);
  });

  it('lets a body define the functions it calls', () => {
    const module = new ModuleBuilder();
    const kernels = new Map<number, FunctionRef>();
    const kernel = (factor: number): FunctionRef => {
      const known = kernels.get(factor);
      if (known !== undefined) return known;
      const made = module.func(`times_${factor}`, ['i32'], ['i32'], (f) => {
        f.get(f.param(0)).i32Const(factor).op('i32.mul');
      });
      kernels.set(factor, made);
      return made;
    };
    module.func(
      'phase',
      ['i32'],
      ['i32'],
      (f) => {
        f.get(f.param(0)).call(kernel(3)).call(kernel(7)).call(kernel(3));
      },
      { export: true },
    );
    expect((instantiate(module)['phase'] as (x: number) => number)(2)).toBe(126);
    expect(kernels.size).toBe(2);
  });

  it('returns several results', () => {
    const module = new ModuleBuilder();
    module.func(
      'both',
      ['i32', 'f64'],
      ['f64', 'i32'],
      (f) => {
        f.get(f.param(1)).get(f.param(0));
      },
      { export: true },
    );
    expect((instantiate(module)['both'] as (a: number, b: number) => number[])(1, 2.5)).toEqual([2.5, 1]);
  });

  it('names its functions in stack traces, unless told not to', () => {
    const traced = (options?: ModuleOptions): string => {
      const module = new ModuleBuilder(options);
      const trap = module.func('matmul_4x16', [], [], (f) => f.unreachable());
      module.func('run', [], [], (f) => f.call(trap), { export: true });
      try {
        (instantiate(module)['run'] as () => void)();
      } catch (error) {
        return (error as Error).stack ?? '';
      }
      return '';
    };
    expect(traced()).toContain('matmul_4x16');
    expect(traced({ names: false })).toContain('wasm');
    expect(traced({ names: false })).not.toContain('matmul_4x16');
  });

  it('lists functions in the text format: an independent assembler makes the same bytes of it', () => {
    const module = new ModuleBuilder({ listing: true, names: false });
    module.importMemory('host', 'memory', { min: 1, max: 2, shared: true });
    module.importGlobal('host', 'base');
    const refs: FunctionRef[] = [];
    refs.push(
      module.func('constants', ['i32'], ['f32'], (f) => {
        const v = f.local('v128', 'v (x);');
        f.f32x4Const(0.1, -0, Number.NEGATIVE_INFINITY, Number.NaN).set(v);
        f.v128Const([1, -1, 2 ** 31, 4])
          .v128Const([...Array(16).keys()])
          .shuffle([...Array(16).keys()])
          .set(v);
        f.i64Const(-1n).drop().f64Const(5e-324).drop().f64Const(1e300).drop();
        f.f32ConstBits(0xffc12345).drop().f32ConstBits(1).drop().f32Const(1e-3);
      }),
      module.func('control', ['i32', 'f64'], [], (f) => {
        const k = f.local('i32');
        f.local('f32');
        f.countedLoop(k, { start: 0, end: f.param(0), step: 4 }, () => {
          f.block((exit) => {
            f.get(k).brIf(exit).br(exit);
          });
          f.get(k).ifElse(
            () => f.i32Const(7).f32x4Const(1).storeLane('v128.store32_lane', 12, 3, 1),
            () =>
              f
                .get(k)
                .load('f32.load', 2 ** 32 - 1)
                .f32Const(2)
                .get(k)
                .select()
                .drop(),
          );
          f.i32Const(0).load('v128.load', 8, 4).extractLane('i16x8.extract_lane_u', 7).tee(k).drop();
        });
        f.op('memory.size').drop().return().unreachable();
      }),
    );
    refs.push(module.func('caller', [], ['f32'], (f) => f.i32Const(3).call(refs[0]!)));
    const types =
      '(type (func (param i32) (result f32))) (type (func (param i32 f64))) (type (func (result f32)))';
    const imports = '(import "host" "memory" (memory 1 2 shared)) (import "host" "base" (global i32))';
    const text = `(module ${types} ${imports} ${refs.map((ref) => module.listing(ref)).join('\n')})`;
    const parsed = reader.parseWat('listing.wat', text, { simd: true, threads: true, bulk_memory: true });
    const theirs = new WebAssembly.Module(new Uint8Array(parsed.toBinary({}).buffer));
    expect(theirs).toBeInstanceOf(WebAssembly.Module);
    expect(codeOf(parsed.toBinary({}).buffer)).toEqual(codeOf(module.toBytes()));
  });

  describe('refuses', () => {
    const refusal = (build: (module: ModuleBuilder) => void): string => {
      try {
        build(new ModuleBuilder());
      } catch (error) {
        if (error instanceof LockstepError && error.code === 'INTERNAL') return error.message;
        throw error;
      }
      return 'accepted';
    };

    it('imports after the first function', () => {
      const late = refusal((module) => {
        module.func('f', [], [], () => undefined);
        module.importGlobal('host', 'base');
      });
      expect(late).toContain('cannot import host.base after a function was defined');
    });

    it('impossible memories', () => {
      const withLimits = (min: number, max?: number, shared = false): string =>
        refusal((module) =>
          module.importMemory('host', 'memory', { min, shared, ...(max === undefined ? {} : { max }) }),
        );
      expect(withLimits(2, 1)).toContain('got min 2, max 1');
      expect(withLimits(0, 65537)).toContain('max 65537');
      expect(withLimits(1, undefined, true)).toContain('a max when shared');
      const two = refusal((module) => {
        module.importMemory('host', 'a', { min: 1 });
        module.importMemory('host', 'b', { min: 1 });
      });
      expect(two).toContain('one memory at most');
    });

    it('memory access without memory', () => {
      const blind = refusal((module) =>
        module.func('f', [], [], (f) => f.i32Const(0).load('f32.load').drop()),
      );
      expect(blind).toContain('cannot emit f32.load in function f: got a module without memory');
    });

    it('one export name twice', () => {
      const twice = refusal((module) => {
        for (let k = 0; k < 2; k++) module.func('run', [], [], () => undefined, { export: true });
      });
      expect(twice).toContain('two functions are exported as run');
    });

    it('to write a module inside a function, or to list what was not recorded', () => {
      expect(refusal((module) => module.func('half', [], [], () => module.toBytes()))).toContain(
        'function half is not finished',
      );
      expect(refusal((module) => module.listing(module.func('f', [], [], () => undefined)))).toContain(
        'no listing of function f',
      );
    });
  });
});

/** The content of the code section. */
function codeOf(bytes: Uint8Array): number[] {
  const readU32 = (at: number): [value: number, next: number] => {
    let value = 0;
    for (let k = 0; ; k++) {
      const byte = bytes[at + k]!;
      value |= (byte & 0x7f) << (7 * k);
      if (byte < 0x80) return [value >>> 0, at + k + 1];
    }
  };
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, start] = readU32(at + 1);
    if (id === 10) return [...bytes.subarray(start, start + size)];
    at = start + size;
  }
  return [];
}
