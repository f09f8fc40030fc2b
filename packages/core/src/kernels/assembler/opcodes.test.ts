import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { type FunctionBuilder, ModuleBuilder, type ValueType } from './index.ts';
import { extractLaneOpcodes, replaceLaneOpcodes } from './laneOpcodes.ts';
import {
  atomicOpcodes,
  loadLaneOpcodes,
  loadOpcodes,
  storeLaneOpcodes,
  storeOpcodes,
} from './memoryOpcodes.ts';
import { scalarOpcodes } from './scalarOpcodes.ts';
import { simdOpcodes } from './simdOpcodes.ts';

const reader = await wabt();

function keysOf<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[];
}

function typesOf(letters: string): ValueType[] {
  const types: Readonly<Record<string, ValueType>> = { i: 'i32', l: 'i64', f: 'f32', d: 'f64', v: 'v128' };
  return Array.from(letters, (letter) => types[letter]!);
}

/** A module whose one function feeds its parameters, which are the signature's operands, to one instruction. */
function around(signature: string, emit: (f: FunctionBuilder) => void): Uint8Array<ArrayBuffer> {
  const [operands, results] = signature.split(':');
  const module = new ModuleBuilder();
  module.importMemory('host', 'memory', { min: 1, max: 2, shared: true });
  module.func('probe', typesOf(operands!), typesOf(results!), (f) => {
    for (const param of f.params) f.get(param);
    emit(f);
  });
  return module.toBytes();
}

/** The instructions of the only function, as an independent reader names them. */
function read(bytes: Uint8Array): string[] {
  const features = {
    simd: true,
    threads: true,
    bulk_memory: true,
    sat_float_to_int: true,
    relaxed_simd: true,
  };
  const module = reader.readWasm(bytes, { readDebugNames: false, ...features });
  const text = module.toText({ foldExprs: false });
  module.destroy();
  const body = text.slice(text.indexOf('(func'));
  return body.split('\n').map((line) => line.trim().replace(/\)+$/, ''));
}

/** What is wrong with an instruction, as V8 and an independent reader see it; empty if nothing is. */
function complaints(signature: string, expected: string, emit: (f: FunctionBuilder) => void): string[] {
  const bytes = around(signature, emit);
  const lines = read(bytes);
  return [
    ...(WebAssembly.validate(bytes) ? [] : [`${expected}: V8 refuses it`]),
    ...(lines.includes(expected) ? [] : [`${expected}: read as ${lines.join(' | ')}`]),
  ];
}

describe('every opcode is what its name says, to V8 and to wabt', () => {
  it('without immediates', () => {
    const table = { ...scalarOpcodes, ...simdOpcodes };
    expect(keysOf(table).flatMap((name) => complaints(table[name][1], name, (f) => f.op(name)))).toEqual([]);
  });

  it('loads', () => {
    const found = keysOf(loadOpcodes).flatMap((name) =>
      complaints(loadOpcodes[name][1], `${name} offset=4294967295`, (f) => f.load(name, 2 ** 32 - 1)),
    );
    expect(found).toEqual([]);
  });

  it('stores', () => {
    const found = keysOf(storeOpcodes).flatMap((name) =>
      complaints(storeOpcodes[name][1], `${name} offset=2147483648`, (f) => f.store(name, 2 ** 31)),
    );
    expect(found).toEqual([]);
  });

  it('atomic read-modify-write, wait and notify', () => {
    const found = keysOf(atomicOpcodes).flatMap((name) =>
      complaints(atomicOpcodes[name][1], `${name} offset=8`, (f) => f.atomic(name, 8)),
    );
    expect(found).toEqual([]);
  });

  it('loads and stores of one lane, up to the last lane', () => {
    const loads = keysOf(loadLaneOpcodes).flatMap((name) => {
      const [, signature, width] = loadLaneOpcodes[name];
      const lane = 16 / width - 1;
      return complaints(signature, `${name} offset=3 ${lane}`, (f) => f.loadLane(name, 3, lane));
    });
    const stores = keysOf(storeLaneOpcodes).flatMap((name) => {
      const [, signature, width] = storeLaneOpcodes[name];
      const lane = 16 / width - 1;
      return complaints(signature, `${name} offset=3 ${lane}`, (f) => f.storeLane(name, 3, lane));
    });
    expect([...loads, ...stores]).toEqual([]);
  });

  it('lanes taken out and put in, up to the last lane', () => {
    const extracts = keysOf(extractLaneOpcodes).flatMap((name) => {
      const [, signature, lanes] = extractLaneOpcodes[name];
      return complaints(signature, `${name} ${lanes - 1}`, (f) => f.extractLane(name, lanes - 1));
    });
    const replaces = keysOf(replaceLaneOpcodes).flatMap((name) => {
      const [, signature, lanes] = replaceLaneOpcodes[name];
      return complaints(signature, `${name} ${lanes - 1}`, (f) => f.replaceLane(name, lanes - 1));
    });
    expect([...extracts, ...replaces]).toEqual([]);
  });

  it('an alignment below the natural one; the natural one is what a reader leaves out', () => {
    const found = [1, 2, 4, 8, 16].flatMap((align) =>
      complaints('i:v', `v128.load${align === 16 ? '' : ` align=${align}`}`, (f) =>
        f.load('v128.load', 0, align),
      ),
    );
    expect(found).toEqual([]);
  });

  it('shuffle', () => {
    const lanes = [31, 0, 30, 1, 29, 2, 28, 3, 27, 4, 26, 5, 25, 6, 24, 7];
    expect(complaints('vv:v', `i8x16.shuffle ${lanes.join(' ')}`, (f) => f.shuffle(lanes))).toEqual([]);
  });
});
