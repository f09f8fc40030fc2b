import { panel } from '../compile/layout.ts';
import type { FunctionBuilder, Local } from './assembler/index.ts';
import type { Frame } from './frame.ts';
import { tileRows } from './tiles.ts';

/** Bytes of one level of partial sums: a 4 x 16 tile. */
export const tileBytes = tileRows * 2 * panel * 4;

/** Partial sums of a tile: for each row its vectors, two to a panel. */
export type Accumulators = readonly (readonly Local[])[];

export function tileLocals({ f }: Frame, width: 1 | 2): Accumulators {
  return Array.from({ length: tileRows }, () => Array.from({ length: 2 * width }, () => f.local('v128')));
}

function eachPair(accumulators: Accumulators, visit: (pair: readonly Local[], offset: number) => void): void {
  for (const [row, locals] of accumulators.entries())
    for (let at = 0; at < locals.length; at += 2)
      visit(locals.slice(at, at + 2), (row * locals.length + at) * 16);
}

export function spill(f: FunctionBuilder, scratch: Local, accumulators: Accumulators, depth: number): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries())
      f.get(scratch)
        .get(local)
        .store('v128.store', depth * tileBytes + offset + 16 * half);
  });
}

export function restore(f: FunctionBuilder, scratch: Local, accumulators: Accumulators, depth: number): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries())
      f.get(scratch)
        .load('v128.load', depth * tileBytes + offset + 16 * half)
        .set(local);
  });
}

export function addSpilled(
  f: FunctionBuilder,
  scratch: Local,
  accumulators: Accumulators,
  depth: number,
): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries())
      f.get(scratch)
        .load('v128.load', depth * tileBytes + offset + 16 * half)
        .get(local)
        .op('f32x4.add')
        .set(local);
  });
}
