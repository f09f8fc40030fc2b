import { panel } from '../compile/layout.ts';
import type { FunctionBuilder, Local } from './assembler/index.ts';
import { blockOf, offsetAt, type Product, type TermSteps } from './product.ts';
import { displaced } from './reduceLoops.ts';
import { type Stream, withSteps } from './stream.ts';
import type { Accumulators } from './tileSums.ts';

/** Terms written out in the innermost loop. Measured on weight gradients against 4: 97 to 99 against 84 to 90 GFLOP/s with 4 lanes. */
const unroll = 8;

/** Adds the products of terms `start` up to `end`, in order, to the accumulators. */
export function emitTerms(product: Product, start: number, end: number, accumulators: Accumulators): void {
  const { frame, splat, vector, splatSteps, vectorSteps } = product;
  const { f } = frame;
  const operands = [splat, vector];
  const stepsOf = (stream: Stream): TermSteps => (stream === splat ? splatSteps : vectorSteps);
  const block = blockOf(product);
  const terms = end - start;
  const run = (passes: number, count: number, bytes: (stream: Stream) => number): void => {
    if (passes === 0) return;
    const counter = f.local('i32');
    withSteps(
      frame,
      operands,
      bytes,
      (pass) => f.countedLoop(counter, { start: 0, end: passes }, pass),
      () => emitUnrolled(product, count, accumulators),
    );
    f.release(counter);
  };
  const even = (count: number): void => {
    const passes = Math.floor(count / unroll);
    run(passes, unroll, (stream) => unroll * stepsOf(stream).inner);
    displaced(
      frame,
      operands,
      (stream) => passes * unroll * stepsOf(stream).inner,
      () => emitUnrolled(product, count % unroll, accumulators),
    );
  };
  displaced(
    frame,
    operands,
    (stream) => offsetAt(stepsOf(stream), start),
    () => {
      const jump = (stream: Stream): number => (block === undefined ? 0 : offsetAt(stepsOf(stream), block));
      if (block === undefined) {
        even(terms);
        return;
      }
      const blocks = Math.floor(terms / block);
      if (block <= panel) run(blocks, block, jump);
      else if (blocks > 0) {
        const counter = f.local('i32');
        withSteps(
          frame,
          operands,
          jump,
          (pass) => f.countedLoop(counter, { start: 0, end: blocks }, pass),
          () => even(block),
        );
        f.release(counter);
      }
      displaced(
        frame,
        operands,
        (stream) => blocks * jump(stream),
        () => {
          if (block <= panel) emitUnrolled(product, terms % block, accumulators);
          else even(terms % block);
        },
      );
    },
  );
}

function emitUnrolled(product: Product, count: number, accumulators: Accumulators): void {
  const { frame, splat, vector, splatSteps, vectorSteps, rowBytes } = product;
  const { f } = frame;
  if (count === 0) return;
  const width = accumulators[0]?.length ?? 0;
  const columns = Array.from({ length: width }, () => f.local('v128'));
  const row = f.local('v128');
  for (let term = 0; term < count; term += 1) {
    for (const [at, column] of columns.entries())
      f.get(vector.pointer)
        .load('v128.load', (at >> 1) * vector.panelStride + (at & 1) * 16 + term * vectorSteps.inner)
        .set(column);
    for (const [at, sums] of accumulators.entries()) {
      f.get(splat.pointer)
        .load('v128.load32_splat', at * rowBytes + term * splatSteps.inner)
        .set(row);
      for (const [place, sum] of sums.entries()) multiplyAdd(f, sum, row, columns[place]);
    }
  }
  f.release(row, ...columns);
}

/** sum = sum + row x column: two roundings, the strict way. */
function multiplyAdd(f: FunctionBuilder, sum: Local, row: Local, column: Local | undefined): void {
  if (column !== undefined) f.get(sum).get(row).get(column).op('f32x4.mul').op('f32x4.add').set(sum);
}
