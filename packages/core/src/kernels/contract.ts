import { panel } from '../compile/layout.ts';
import type { Digit } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { plainAxis } from '../nest/analysis.ts';
import type { Contraction } from '../nest/contraction.ts';
import type { FunctionBuilder, Local } from './assembler/index.ts';
import { accessesOf } from './expression.ts';
import type { Frame } from './frame.ts';
import { slotOf } from './frame.ts';
import { displaced } from './reduceLoops.ts';
import { type Access, openStream, type Stream, withSteps } from './stream.ts';
import { chunkTerms, isLane, laneTree, lanesOf, type LaneTree, type Range } from './sumTree.ts';
import { emitEpilogue, type Epilogue } from './tileEpilogue.ts';

/** Rows of a tile: with two panels of eight columns it fills the registers that 256-bit pairs leave. */
export const tileRows = 4;
/** Bytes of one level of partial sums: a 4 x 16 tile. */
const tileBytes = tileRows * 2 * panel * 4;
/** Terms written out in the innermost loop where the layout does not ask for eight. */
const unroll = 4;
const floatBytes = 4;

/** How the address of one operand moves along the reduced axis: `extent` terms `inner` bytes apart, then `outer` to the next block. */
interface TermSteps {
  readonly inner: number;
  readonly extent: number | undefined;
  readonly outer: number;
}

interface Product {
  readonly frame: Frame;
  readonly contraction: Contraction;
  readonly splat: Stream;
  readonly vector: Stream;
  readonly splatSteps: TermSteps;
  readonly vectorSteps: TermSteps;
  /** Bytes between two rows of the tile in the splat operand. */
  readonly rowBytes: number;
  readonly tree: LaneTree;
}

function digitsOf(frame: Frame, access: Access, axis: number): readonly Digit[] {
  const dimension = access.index.findIndex((index) => plainAxis(index) === axis);
  return slotOf(frame, access.tensor).tensor.layout.axes[dimension] ?? [];
}

function termSteps([low, high]: readonly Digit[]): TermSteps {
  const inner = (low?.stride ?? 0) * floatBytes;
  if (low === undefined || high === undefined) return { inner, extent: undefined, outer: 0 };
  return { inner, extent: low.extent, outer: high.stride * floatBytes };
}

/** Terms that both operands step through evenly before one of them jumps. */
const blockOf = (product: Pick<Product, 'splatSteps' | 'vectorSteps'>): number | undefined => product.splatSteps.extent ?? product.vectorSteps.extent;

const offsetAt = ({ inner, extent, outer }: TermSteps, term: number): number => (extent === undefined ? term * inner : Math.floor(term / extent) * outer + (term % extent) * inner);

/**
 * Whether a product's operands lie so that the tiled kernel can run: a tile's four rows evenly apart, the vector operand
 * contiguous, both operands in step along the reduced axis, every chain of terms starting at the start of a block.
 */
export function canTile(frame: Frame, contraction: Contraction): boolean {
  const { nest, split } = frame;
  const { m, n, k } = contraction;
  if (split.kind !== 'axis' || split.axis !== m || split.unit % tileRows !== 0) return false;
  const product = openProduct(frame, contraction);
  const { splat, vector, splatSteps, vectorSteps, tree } = product;
  const rows = digitsOf(frame, contraction.splat, m);
  const rowsEven = splat.strides.has(m) && (rows.length === 1 || (rows[0]?.extent ?? 0) % tileRows === 0);
  if (!rowsEven || splat.lane !== 'splat' || vector.lane !== 'contiguous' || vector.computed.length > 0) return false;
  if (splat.computed.some(({ axes }) => !axes.has(k)) || digitsOf(frame, contraction.vector, n).length !== 2) return false;
  const extents = [splatSteps.extent, vectorSteps.extent].filter((extent) => extent !== undefined);
  const [block] = extents;
  if (extents.some((extent) => extent !== block)) return false;
  if (block !== undefined && (lanesOf(tree).some(({ start }) => start % block !== 0) || (lanesOf(tree).some(({ start, end }) => end - start > chunkTerms) && chunkTerms % block !== 0))) return false;
  const values = accessesOf(nest.stores.map((store) => store.value));
  return [...values, ...nest.stores].every((access) => tileable(frame, access, contraction));
}

/** Epilogues load and store along the tile: next to each other, the same for a row or a column, or transposed. */
function tileable(frame: Frame, access: Access, { m, n }: Contraction): boolean {
  const stream = openStream(frame, access, n);
  const [low] = digitsOf(frame, access, m);
  const even = !access.index.some((index) => plainAxis(index) === m) || stream.strides.has(m);
  if (stream.lane === 'lanes') return isTransposed(frame, access, { m, n });
  return even && stream.computed.length === 0 && (low === undefined || low.extent % tileRows === 0 || digitsOf(frame, access, m).length === 1);
}

/** A tensor whose vectors run along the tile's rows: stored as 4 x 4 blocks turned round. */
export function isTransposed(frame: Frame, access: Access, { m, n }: Pick<Contraction, 'm' | 'n'>): boolean {
  const [rows, columns] = [digitsOf(frame, access, m), digitsOf(frame, access, n)];
  return access.index.length === 2 && rows[0]?.stride === 1 && rows[0].extent === panel && columns.length === 1;
}

function openProduct(frame: Frame, contraction: Contraction): Product {
  const { nest } = frame;
  const { reduction } = nest;
  if (reduction === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} has no reduction`);
  const splat = openStream(frame, contraction.splat, contraction.n);
  const vector = openStream(frame, contraction.vector, contraction.n);
  return {
    frame,
    contraction,
    splat,
    vector,
    splatSteps: termSteps(digitsOf(frame, contraction.splat, contraction.k)),
    vectorSteps: termSteps(digitsOf(frame, contraction.vector, contraction.k)),
    rowBytes: splat.strides.get(contraction.m) ?? 0,
    tree: laneTree(reduction, nest.axes[contraction.k]?.size ?? 0, frame.batchSize, frame.lanes),
  };
}

/** Emits a matrix product in register tiles, the nest's other expressions as the tile's epilogue. `canTile` has to hold. */
export function emitContract(frame: Frame, contraction: Contraction): void {
  const { f, nest, split } = frame;
  const { m, n } = contraction;
  if (split.kind !== 'axis') return;
  const product = openProduct(frame, contraction);
  const values = nest.stores.map((store) => store.value);
  const loads = new Map(accessesOf(values).map((access) => [access, openStream(frame, access, n)]));
  const stores = nest.stores.map((store) => ({ store, stream: openStream(frame, store, n) }));
  const streams = [product.splat, product.vector, ...loads.values(), ...stores.map(({ stream }) => stream)];
  const panels = Math.ceil((nest.axes[n]?.size ?? 0) / panel);
  const across = frame.wide ? 2 : 1;
  const column = f.local('i32');
  frame.positions.set(n, column);

  const columns = (from: number, to: number, width: 1 | 2): void => {
    if (from >= to) return;
    const bytes = (stream: Stream): number => columnBytes(frame, stream, contraction);
    displaced(frame, streams, (stream) => from * bytes(stream), () => {
      withSteps(
        frame,
        streams,
        (stream) => width * bytes(stream),
        (pass) => f.countedLoop(column, { start: from * panel, end: to * panel, step: width * panel }, pass),
        () => stripe(width),
      );
    });
  };

  /** Goes over the share's rows, tile by tile. */
  const rows = (tile: () => void): void => {
    const row = f.local('i32');
    const stop = f.local('i32');
    frame.positions.set(m, row);
    f.i32Const(0).set(row);
    const tiles = (): void => {
      f.get(row).i32Const(split.unit).op('i32.add').set(stop);
      withSteps(
        frame,
        streams,
        (stream) => tileRows * tileRowBytes(frame, stream, contraction),
        (pass) => f.countedLoop(row, { end: stop, step: tileRows, atLeastOnce: true }, pass),
        tile,
      );
    };
    if (frame.oneUnit) tiles();
    else {
      const unit = f.local('i32');
      withSteps(frame, streams, (stream) => stream.unitStride || transposedUnitBytes(frame, stream, contraction), (pass) => f.countedLoop(unit, { start: 0, end: frame.count }, pass), tiles);
      f.release(unit);
    }
    frame.positions.delete(m);
    f.release(row, stop);
  };

  const stripe = (width: 1 | 2): void => {
    const epilogue = { frame, contraction, loads, stores, width };
    const { tree } = product;
    if (isLane(tree) && tree.end - tree.start > chunkTerms) emitChunkedStripe(product, tree, epilogue, rows);
    else rows(() => emitTile(product, epilogue));
  };

  const paired = across === 2 ? panels - (panels % 2) : 0;
  columns(0, paired, 2);
  columns(paired, panels, 1);
  frame.positions.delete(n);
  f.release(column);
}

/** Bytes from one panel of columns to the next. */
function columnBytes(frame: Frame, stream: Stream, { m, n }: Contraction): number {
  if (stream.lane !== 'lanes') return stream.panelStride;
  const [low] = digitsOf(frame, stream, n);
  return isTransposed(frame, stream, { m, n }) ? (low?.stride ?? 0) * panel * floatBytes : 0;
}

/** Bytes from one row of the tile to the next. */
function tileRowBytes(frame: Frame, stream: Stream, { m, n }: Contraction): number {
  const own = stream.strides.get(m);
  if (own !== undefined) return own;
  return stream.lane === 'lanes' && isTransposed(frame, stream, { m, n }) ? floatBytes : 0;
}

function transposedUnitBytes(frame: Frame, stream: Stream, { m, n }: Contraction): number {
  if (stream.lane !== 'lanes' || !isTransposed(frame, stream, { m, n })) return 0;
  return slotOf(frame, stream.tensor).advance?.bytesPerUnit ?? 0;
}

type Accumulators = readonly (readonly Local[])[];

function tileLocals({ f }: Frame, width: 1 | 2): Accumulators {
  return Array.from({ length: tileRows }, () => Array.from({ length: 2 * width }, () => f.local('v128')));
}

/**
 * A sum of more than 512 terms for a stripe of columns: chunk by chunk over all rows of the share, so that the chunk's part of
 * the vector operand (32 KiB) stays in the first-level cache; the tiles' sums so far wait in scratch.
 */
function emitChunkedStripe(product: Product, { start, end }: Range, epilogue: Epilogue, rows: (tile: () => void) => void): void {
  const { frame, splat, splatSteps, vectorSteps, contraction } = product;
  const { f } = frame;
  const operands = [splat, product.vector];
  const chunkBytes = (stream: Stream): number => offsetAt(stream === splat ? splatSteps : vectorSteps, chunkTerms);
  const pass = (from: number, to: number, first: boolean, last: boolean): void =>
    rows(() => {
      const waiting = f.local('i32');
      const position = frame.positions.get(contraction.m);
      if (position === undefined) return;
      f.get(position).i32Const(tileBytes / tileRows).op('i32.mul').get(frame.scratch).op('i32.add').set(waiting);
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
    withSteps(frame, operands, chunkBytes, (body) => f.countedLoop(counter, { start: 1, end: chunks - 1 }, body), () => pass(start + chunkTerms, start + 2 * chunkTerms, false, false));
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
    withSteps(frame, operands, stepOf, (pass) => f.countedLoop(counter, { start: 1, end: whole }, pass), () => {
      chunk(lane.start + chunkTerms, lane.start + 2 * chunkTerms);
      addSpilled(f, frame.scratch, accumulators, depth);
      spill(f, frame.scratch, accumulators, depth);
    });
    f.release(counter);
  } else spill(f, frame.scratch, accumulators, depth);
  const rest = lane.start + whole * chunkTerms;
  if (rest < lane.end) {
    chunk(rest, lane.end);
    addSpilled(f, frame.scratch, accumulators, depth);
  } else restore(f, frame.scratch, accumulators, depth);
}

function eachPair(accumulators: Accumulators, visit: (pair: readonly Local[], offset: number) => void): void {
  for (const [row, locals] of accumulators.entries())
    for (let at = 0; at < locals.length; at += 2) visit(locals.slice(at, at + 2), (row * locals.length + at) * 16);
}

function spill(f: FunctionBuilder, scratch: Local, accumulators: Accumulators, depth: number): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries()) f.get(scratch).get(local).store('v128.store', depth * tileBytes + offset + 16 * half);
  });
}

function restore(f: FunctionBuilder, scratch: Local, accumulators: Accumulators, depth: number): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries()) f.get(scratch).load('v128.load', depth * tileBytes + offset + 16 * half).set(local);
  });
}

function addSpilled(f: FunctionBuilder, scratch: Local, accumulators: Accumulators, depth: number): void {
  eachPair(accumulators, (pair, offset) => {
    for (const [half, local] of pair.entries())
      f.get(scratch).load('v128.load', depth * tileBytes + offset + 16 * half).get(local).op('f32x4.add').set(local);
  });
}

/** Adds the products of terms `start` up to `end`, in order, to the accumulators. */
function emitTerms(product: Product, start: number, end: number, accumulators: Accumulators): void {
  const { frame, splat, vector, splatSteps, vectorSteps } = product;
  const { f } = frame;
  const operands = [splat, vector];
  const stepsOf = (stream: Stream): TermSteps => (stream === splat ? splatSteps : vectorSteps);
  const block = blockOf(product);
  const terms = end - start;
  const run = (passes: number, count: number, bytes: (stream: Stream) => number): void => {
    if (passes === 0) return;
    const counter = f.local('i32');
    withSteps(frame, operands, bytes, (pass) => f.countedLoop(counter, { start: 0, end: passes }, pass), () => emitUnrolled(product, count, accumulators));
    f.release(counter);
  };
  const even = (count: number): void => {
    const passes = Math.floor(count / unroll);
    run(passes, unroll, (stream) => unroll * stepsOf(stream).inner);
    displaced(frame, operands, (stream) => passes * unroll * stepsOf(stream).inner, () => emitUnrolled(product, count % unroll, accumulators));
  };
  displaced(frame, operands, (stream) => offsetAt(stepsOf(stream), start), () => {
    const jump = (stream: Stream): number => (block === undefined ? 0 : offsetAt(stepsOf(stream), block));
    if (block === undefined) {
      even(terms);
      return;
    }
    const blocks = Math.floor(terms / block);
    if (block <= panel) run(blocks, block, jump);
    else if (blocks > 0) {
      const counter = f.local('i32');
      withSteps(frame, operands, jump, (pass) => f.countedLoop(counter, { start: 0, end: blocks }, pass), () => even(block));
      f.release(counter);
    }
    displaced(frame, operands, (stream) => blocks * jump(stream), () => {
      if (block <= panel) emitUnrolled(product, terms % block, accumulators);
      else even(terms % block);
    });
  });
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
      f.get(vector.pointer).load('v128.load', (at >> 1) * vector.panelStride + (at & 1) * 16 + term * vectorSteps.inner).set(column);
    for (const [at, sums] of accumulators.entries()) {
      f.get(splat.pointer).load('v128.load32_splat', at * rowBytes + term * splatSteps.inner).set(row);
      for (const [place, sum] of sums.entries()) multiplyAdd(f, sum, row, columns[place]);
    }
  }
  f.release(row, ...columns);
}

/** sum = sum + row x column: two roundings, the strict way. */
function multiplyAdd(f: FunctionBuilder, sum: Local, row: Local, column: Local | undefined): void {
  if (column !== undefined) f.get(sum).get(row).get(column).op('f32x4.mul').op('f32x4.add').set(sum);
}
