import type { Contraction } from '../nest/contraction.ts';
import { chunkTerms } from '../nest/nest.ts';
import { accessesOf } from './expression.ts';
import type { Frame } from './frame.ts';
import { loopAxis } from './loops.ts';
import { emitMachineStripe, planMachineProduct } from './machineProduct.ts';
import { offsetAt, openProduct, type Product } from './product.ts';
import { type Stream, settle, withSteps } from './stream.ts';
import { isLane, type LaneTree, type Range } from './sumTree.ts';
import { emitTerms } from './terms.ts';
import { type Epilogue, emitEpilogue } from './tileEpilogue.ts';
import { type Accumulators, addSpilled, restore, spill, tileBytes, tileLocals } from './tileSums.ts';
import { loopTiles, openTileStream, tileRows } from './tiles.ts';

/** Emits matrix products in register tiles, one for each point of the outer axes, the nest's other expressions as the tile's epilogue. `canTile` has to hold. */
export function emitContract(frame: Frame, contraction: Contraction): void {
  const { nest, split } = frame;
  const { m, outer } = contraction;
  const product = openProduct(frame, contraction);
  const values = nest.stores.map((store) => store.value);
  const loads = new Map(
    accessesOf(values).map((access) => [access, openTileStream(frame, access, contraction)]),
  );
  const stores = nest.stores.map((store) => ({ store, stream: openTileStream(frame, store, contraction) }));
  const streams = [product.splat, product.vector, ...loads.values(), ...stores.map(({ stream }) => stream)];
  const machine = planMachineProduct(product);
  const across = frame.wide || machine !== undefined ? 2 : 1;
  // Scratch has room for the waiting sums of a share's rows, not of any number of rows.
  const shared = split.kind === 'axis' && split.axis === m;
  const emitOne = (): void =>
    loopTiles(frame, contraction, streams, across, (width, rows) => {
      const epilogue = { frame, axes: contraction, loads, stores, width };
      const { tree } = product;
      if (machine !== undefined) emitMachineStripe(machine, product, epilogue, rows);
      else if (shared && isLane(tree) && tree.end - tree.start > chunkTerms)
        emitChunkedStripe(product, tree, epilogue, rows);
      else rows(() => emitTile(product, epilogue));
    });
  const open = (at: number): void => {
    const axis = outer[at];
    if (axis === undefined) emitOne();
    else loopAxis(frame, axis, streams, () => open(at + 1));
  };
  settle(frame, streams, () => open(0));
}

/**
 * A sum of more than 512 terms for a stripe of columns: chunk by chunk over all rows of the share, so that the chunk's part of
 * the vector operand (32 KiB) stays in the first-level cache; the tiles' sums so far wait in scratch.
 */
function emitChunkedStripe(
  product: Product,
  { start, end }: Range,
  epilogue: Epilogue,
  rows: (tile: () => void) => void,
): void {
  const { frame, splat, splatSteps, vectorSteps, contraction } = product;
  const { f } = frame;
  const operands = [splat, product.vector];
  const chunkBytes = (stream: Stream): number =>
    offsetAt(stream === splat ? splatSteps : vectorSteps, chunkTerms);
  const pass = (from: number, to: number, first: boolean, last: boolean): void =>
    rows(() => {
      const waiting = f.local('i32');
      const position = frame.positions.get(contraction.m);
      if (position === undefined) return;
      f.get(position)
        .i32Const(tileBytes / tileRows)
        .op('i32.mul')
        .get(frame.scratch)
        .op('i32.add')
        .set(waiting);
      const accumulators = tileLocals(frame, epilogue.width);
      for (const accumulator of accumulators.flat()) f.f32x4Const(0).set(accumulator);
      emitTerms(product, from, to, accumulators);
      if (!first) addSpilled(f, waiting, accumulators, 0);
      if (last) emitEpilogue(epilogue, accumulators);
      else spill(f, waiting, accumulators, 0);
      f.release(waiting, ...accumulators.flat());
    });
  const chunks = Math.ceil((end - start) / chunkTerms);
  pass(start, start + chunkTerms, true, false);
  if (chunks > 2) {
    const counter = f.local('i32');
    withSteps(
      frame,
      operands,
      chunkBytes,
      (body) => f.countedLoop(counter, { start: 1, end: chunks - 1 }, body),
      () => pass(start + chunkTerms, start + 2 * chunkTerms, false, false),
    );
    f.release(counter);
  }
  pass(start + (chunks - 1) * chunkTerms, end, false, true);
}

/** Sums one tile into registers and hands it to the epilogue. */
function emitTile(product: Product, epilogue: Epilogue): void {
  const { f } = product.frame;
  const accumulators = tileLocals(product.frame, epilogue.width);
  emitTree(product, product.tree, accumulators, 0);
  emitEpilogue(epilogue, accumulators);
  f.release(...accumulators.flat());
}

/** Leaves the sum over a subtree of lanes in the accumulators; `depth` is the first free level of scratch. */
function emitTree(product: Product, tree: LaneTree, accumulators: Accumulators, depth: number): void {
  if (isLane(tree)) {
    emitLane(product, tree, accumulators, depth);
    return;
  }
  emitTree(product, tree[0], accumulators, depth);
  spill(product.frame.f, product.frame.scratch, accumulators, depth);
  emitTree(product, tree[1], accumulators, depth + 1);
  addSpilled(product.frame.f, product.frame.scratch, accumulators, depth);
}

/** One chain of terms, in chunks of 512 whose sums are added in order. */
function emitLane(product: Product, lane: Range, accumulators: Accumulators, depth: number): void {
  const { frame } = product;
  const { f } = frame;
  const terms = lane.end - lane.start;
  const chunk = (start: number, end: number): void => {
    for (const accumulator of accumulators.flat()) f.f32x4Const(0).set(accumulator);
    emitTerms(product, start, end, accumulators);
  };
  if (terms <= chunkTerms) {
    chunk(lane.start, lane.end);
    return;
  }
  const whole = Math.floor(terms / chunkTerms);
  chunk(lane.start, lane.start + chunkTerms);
  const operands = [product.splat, product.vector];
  if (whole > 1) {
    spill(f, frame.scratch, accumulators, depth);
    const counter = f.local('i32');
    const stepOf = (stream: Stream): number => {
      const steps = stream === product.splat ? product.splatSteps : product.vectorSteps;
      return offsetAt(steps, chunkTerms);
    };
    withSteps(
      frame,
      operands,
      stepOf,
      (pass) => f.countedLoop(counter, { start: 1, end: whole }, pass),
      () => {
        chunk(lane.start + chunkTerms, lane.start + 2 * chunkTerms);
        addSpilled(f, frame.scratch, accumulators, depth);
        spill(f, frame.scratch, accumulators, depth);
      },
    );
    f.release(counter);
  } else spill(f, frame.scratch, accumulators, depth);
  const rest = lane.start + whole * chunkTerms;
  if (rest < lane.end) {
    chunk(rest, lane.end);
    addSpilled(f, frame.scratch, accumulators, depth);
  } else restore(f, frame.scratch, accumulators, depth);
}
