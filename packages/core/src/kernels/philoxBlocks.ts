import { philoxIncrements, philoxMultipliers, philoxRounds } from '../nest/philox.ts';
import { type FunctionBuilder, type Local, ModuleBuilder } from './assembler/index.ts';
import { vectorCode } from './primitiveCode.ts';

/** Blocks that are computed at a time, one in each lane. */
export const blocksAtOnce = 4;
const blockBytes = 16;

/** Rounds of Philox on vectors whose lanes are blocks; see `philox4x32`. */
function emitRounds(f: FunctionBuilder, words: readonly Local[], keys: readonly Local[]): void {
  const [w0, w1, w2, w3] = words as [Local, Local, Local, Local];
  const [key0, key1] = keys as [Local, Local];
  const [high0, high1] = [f.local('v128'), f.local('v128')];
  const [times0, times1] = philoxMultipliers.map((value) => Array<number>(4).fill(value)) as [
    number[],
    number[],
  ];
  for (let round = 0; round < philoxRounds; round += 1) {
    vectorCode.mulHighUnsigned(f.get(w0).v128Const(times0), 0);
    f.set(high0);
    vectorCode.mulHighUnsigned(f.get(w2).v128Const(times1), 0);
    f.set(high1);
    f.get(high0).get(w3).op('v128.xor').get(key1).op('v128.xor').set(high0);
    f.get(w0).v128Const(times0).op('i32x4.mul').set(w3);
    f.get(high1).get(w1).op('v128.xor').get(key0).op('v128.xor').set(w0);
    f.get(w2).v128Const(times1).op('i32x4.mul').set(w1);
    f.get(high0).set(w2);
    for (const [at, key] of keys.entries())
      f.get(key)
        .v128Const(Array<number>(4).fill(philoxIncrements[at] ?? 0))
        .op('i32x4.add')
        .set(key);
  }
  f.release(high0, high1);
}

/** Bytes of lanes of two vectors laid end to end. */
const lanes = (...numbers: readonly number[]): number[] =>
  numbers.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));

/** Stores word k of block l, which is in lane l of vector k, as word 4 l + k. */
function emitTransposed(f: FunctionBuilder, at: Local, words: readonly Local[]): void {
  const [w0, w1, w2, w3] = words as [Local, Local, Local, Local];
  for (const half of [0, 2]) {
    const [first, second] = [f.local('v128'), f.local('v128')];
    const both = lanes(half, half + 4, half + 1, half + 5);
    f.get(w0).get(w1).shuffle(both).set(first);
    f.get(w2).get(w3).shuffle(both).set(second);
    for (const block of [0, 1]) {
      const pair = 2 * block;
      f.get(at)
        .get(first)
        .get(second)
        .shuffle(lanes(pair, pair + 1, pair + 4, pair + 5))
        .store('v128.store', blockBytes * (half + block));
    }
    f.release(first, second);
  }
}

/**
 * Emits a module with one function, `blocks`, of i32 (block, word 1, word 2, word 3, key 0, key 1, from, end): from one address to
 * before another, apart by a multiple of 64, it writes the words of Philox4x32-10 for the counters
 * (block, word 1, word 2, word 3), (block + 1, ...) and so on. It imports a page of memory.
 */
export function emitPhiloxBlocks(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('lockstep', 'memory', { min: 1, max: 1 });
  module.func(
    'blocks',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (f) => {
      const at = f.local('i32');
      const counter = f.local('v128');
      const words = [0, 1, 2, 3].map(() => f.local('v128'));
      const keys = [0, 1].map(() => f.local('v128'));
      f.get(f.param(0)).op('i32x4.splat').v128Const([0, 1, 2, 3]).op('i32x4.add').set(counter);
      f.countedLoop(at, { start: f.param(6), end: f.param(7), step: blocksAtOnce * blockBytes }, () => {
        for (const [word, local] of words.entries()) {
          if (word === 0) f.get(counter).set(local);
          else f.get(f.param(word)).op('i32x4.splat').set(local);
        }
        for (const [key, local] of keys.entries())
          f.get(f.param(4 + key))
            .op('i32x4.splat')
            .set(local);
        emitRounds(f, words, keys);
        emitTransposed(f, at, words);
        f.get(counter).v128Const(Array<number>(4).fill(blocksAtOnce)).op('i32x4.add').set(counter);
      });
    },
    { export: true },
  );
  return module.toBytes();
}
