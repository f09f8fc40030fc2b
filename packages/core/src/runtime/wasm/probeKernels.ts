import { type FunctionBuilder, type Local, ModuleBuilder } from '../../kernels/assembler/index.ts';

/** One of two ways to compute the same tile of 4 x 16 sums. */
export interface ProbeKernel {
  /** Computes the tile `times` times. */
  run(times: number): void;
  /** Bits of the sums, row by row. */
  bits(): Uint32Array;
}

export interface ProbeKernels {
  /** As two tiles of 4 x 8, one after the other. */
  readonly narrow: ProbeKernel;
  /** As one tile of 4 x 16. */
  readonly wide: ProbeKernel;
  /** Work that is all but nothing once the optimising compiler has been at it, and before that as much as a tile. */
  runUnread(times: number): void;
}

const choices = { narrow: 0, wide: 1, unread: 2 };
const rows = 4;
const columns = 16;
const panel = 8;
/** Both operands and the sums, 26 KiB, stay in the first-level cache. */
const terms = 256;
const unreadProducts = 32;

/** Additions and multiplications of one tile. */
export const probeFlops: number = 2 * rows * columns * terms;

const places = { a: 0, b: 4 * rows * terms, c: 4 * (rows + columns) * terms };
const panelBytes = 4 * panel * terms;

/** Sums over all terms of `panels` panels at once, then stores them: a load between two stores would stop V8's fusion. */
function emitTile(f: FunctionBuilder, firstPanel: number, panels: 1 | 2): void {
  const [a, b] = [f.local('i32'), f.local('i32')];
  const vectors = Array.from({ length: 2 * panels }, (_, at) => ({
    value: f.local('v128'),
    offset: Math.floor(at / 2) * panelBytes + 16 * (at % 2),
    sums: Array.from({ length: rows }, () => f.local('v128')),
  }));
  const first = f.local('v128');
  f.i32Const(places.a).set(a);
  for (const sum of vectors.flatMap(({ sums }) => sums)) f.f32x4Const(0).set(sum);
  const start = places.b + firstPanel * panelBytes;
  f.countedLoop(b, { start, end: start + panelBytes, step: 4 * panel }, () => {
    for (const { value, offset } of vectors) f.get(b).load('v128.load', offset).set(value);
    for (let row = 0; row < rows; row++) {
      f.get(a)
        .load('v128.load32_splat', 4 * row)
        .set(first);
      for (const { value, sums } of vectors) addProduct(f, sums[row], first, value);
    }
    f.increment(a, 4 * rows);
  });
  f.i32Const(places.c).set(a);
  for (let row = 0; row < rows; row++)
    for (const [at, { sums }] of vectors.entries()) {
      const sum = sums[row];
      if (sum !== undefined)
        f.get(a)
          .get(sum)
          .store('v128.store', 4 * (columns * row + panel * firstPanel) + 16 * at);
    }
  f.release(a, b, first, ...vectors.flatMap(({ value, sums }) => [value, ...sums]));
}

function addProduct(f: FunctionBuilder, sum: Local | undefined, first: Local, second: Local): void {
  if (sum === undefined) return;
  f.get(sum).get(first).get(second).op('f32x4.mul').op('f32x4.add').set(sum);
}

/**
 * A loop of products that nothing reads. The optimising compiler leaves them out; the baseline compiler's code takes
 * about as long for it as for a tile of sums.
 */
function emitUnread(f: FunctionBuilder): void {
  const [counter, value] = [f.local('i32'), f.local('v128')];
  f.f32x4Const(1).set(value);
  f.countedLoop(counter, { start: 0, end: terms }, () => {
    for (let product = 0; product < unreadProducts; product++) f.get(value).get(value).op('f32x4.mul').drop();
  });
  f.release(counter, value);
}

/** All in one function, so that the optimising compiler gets to them at the same moment. */
function assemble(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('lockstep', 'memory', { min: 1, max: 1 });
  module.func(
    'probe',
    ['i32', 'i32'],
    [],
    (f) => {
      const counter = f.local('i32');
      const either = (choice: number, body: () => void, otherwise: () => void): void => {
        f.get(f.param(0))
          .i32Const(choice)
          .op('i32.eq')
          .ifElse(() => f.countedLoop(counter, { start: 0, end: f.param(1) }, body), otherwise);
      };
      const narrow = (): void => {
        emitTile(f, 0, 1);
        emitTile(f, 1, 1);
      };
      either(choices.narrow, narrow, () =>
        either(
          choices.wide,
          () => emitTile(f, 0, 2),
          () =>
            either(
              choices.unread,
              () => emitUnread(f),
              () => {},
            ),
        ),
      );
    },
    { export: true },
  );
  return module.toBytes();
}

/** Fills both operands with values of either sign over 16 binades, so that sums round and cancel. */
function fill(values: Float32Array): void {
  let state = 1;
  for (let at = 0; at < values.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[at] = (state / 2 ** 31 - 1) * 2 ** -((state >>> 8) & 15);
  }
}

/** Compiles the product micro-kernel as a 4 x 8 tile, twice, and as a 4 x 16 tile, on the same data. */
export function probeKernels(): ProbeKernels {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assemble()), { lockstep: { memory } });
  fill(new Float32Array(memory.buffer, 0, (rows + columns) * terms));
  const sums = new Uint32Array(memory.buffer, places.c, rows * columns);
  const { probe } = instance.exports;
  const run = (choice: number, times: number): void => {
    if (typeof probe === 'function') probe(choice, times);
  };
  const kernel = (choice: number): ProbeKernel => ({
    run: (times) => run(choice, times),
    bits: () => {
      sums.fill(0);
      run(choice, 1);
      return sums.slice();
    },
  });
  return {
    narrow: kernel(choices.narrow),
    wide: kernel(choices.wide),
    runUnread: (times) => run(choices.unread, times),
  };
}
