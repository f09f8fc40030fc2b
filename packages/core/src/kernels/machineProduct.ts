import { panel, roundUp } from '../compile/layout.ts';
import { tileScratchBytes } from '../compile/place.ts';
import type { FunctionRef, Local } from './assembler/index.ts';
import type { Frame } from './frame.ts';
import type { Product } from './product.ts';
import { type Epilogue, emitEpilogue } from './tileEpilogue.ts';
import { tileLocals } from './tileSums.ts';
import { rowBlock, tileRows } from './tiles.ts';
import type { ProductLibrary, ProductPlan } from './x64/productCode.ts';
import { pairBytes } from './x64/tileShape.ts';

/** Of the scratch memory of tiles, what sums take; the rest is for packed operands. */
const sumBytes = 32768;

/** Where a module's products get their machine code, and the import by which its kernels call it. */
export interface MachineProducts {
  readonly library: ProductLibrary;
  readonly run: FunctionRef;
}

/** A product that machine code makes in blocks of columns, each as many as scratch has room for. */
export interface MachineProduct {
  readonly products: MachineProducts;
  /** Columns in a block, a power of two. */
  readonly blockColumns: number;
  readonly columns: number;
  readonly sumRows: number;
  /** Whether the call covers all rows, as one unit, instead of the units of a share. */
  readonly allRows: boolean;
  readonly whole: number;
  /** What is left of the columns after the last whole block; where the last block is whole, the same as `whole`. */
  readonly last: number;
}

/** Plans a product's machine code; undefined if there is to be none, or the rows of its share are too many for scratch. */
export function planMachineProduct(product: Product): MachineProduct | undefined {
  const { frame, contraction, splat, vector } = product;
  const { nest, products, split, mostUnits } = frame;
  if (products === undefined || split.kind !== 'axis') return undefined;
  const rows = nest.axes[contraction.m]?.size ?? 0;
  const allRows = split.axis !== contraction.m;
  const evenRows = rowBlock(frame, contraction.splat, contraction) === undefined && rows % tileRows === 0;
  if (allRows && !evenRows) return undefined;
  const sumRows = allRows ? rows : mostUnits * split.unit;
  const pairs = Math.floor(sumBytes / (sumRows * pairBytes));
  if (pairs < 2) return undefined;
  const size = nest.axes[contraction.n]?.size ?? 0;
  const panels = Math.ceil(size / panel);
  const blockPanels = 2 * 2 ** Math.floor(Math.log2(pairs));
  const define = (count: number): number => {
    const plan: ProductPlan = {
      splat: product.splatSteps,
      vector: product.vectorSteps,
      rowBytes: product.rowBytes,
      panelBytes: vector.panelStride,
      tree: product.tree,
      unitRows: allRows ? rows : split.unit,
      unitBytes: allRows ? 0 : splat.unitStride,
      panels: count,
      sumRows,
      packing: { offset: sumBytes, bytes: tileScratchBytes - sumBytes },
    };
    return products.library.define(plan);
  };
  const whole = define(Math.min(panels, blockPanels));
  const rest = panels % blockPanels;
  return {
    products,
    blockColumns: blockPanels * panel,
    columns: roundUp(size, panel),
    sumRows,
    allRows,
    whole,
    last: panels > blockPanels && rest > 0 ? define(rest) : whole,
  };
}

/**
 * Emits one stripe of columns: where a block starts, the call that makes its sums; then for every tile the sums are taken from
 * scratch and handed to the epilogue.
 */
export function emitMachineStripe(
  machine: MachineProduct,
  { frame, contraction, splat, vector }: Product,
  epilogue: Epilogue,
  rows: (tile: () => void) => void,
): void {
  const { f, scratch } = frame;
  const { allRows, blockColumns, columns, products, whole, last } = machine;
  const column = frame.positions.get(contraction.n);
  if (column === undefined) return;
  const call = (): void => {
    if (whole === last) f.i32Const(whole);
    else {
      const lastStart = Math.floor((columns - 1) / blockColumns) * blockColumns;
      f.i32Const(last).i32Const(whole).get(column).i32Const(lastStart).op('i32.eq').select();
    }
    f.get(splat.pointer).get(vector.pointer).get(scratch);
    if (allRows) f.i32Const(1);
    else f.get(frame.count);
    f.call(products.run);
  };
  f.get(column)
    .i32Const(blockColumns - 1)
    .op('i32.and')
    .op('i32.eqz')
    .ifElse(call);
  rows(() => emitTile(machine, frame, column, frame.positions.get(contraction.m), epilogue));
}

function emitTile(
  { blockColumns, sumRows }: MachineProduct,
  frame: Frame,
  column: Local,
  row: Local | undefined,
  epilogue: Epilogue,
): void {
  if (row === undefined) return;
  const { f, scratch } = frame;
  const sums = f.local('i32');
  // A pair of panels is 16 columns, and stripes of two panels start at one.
  f.get(column)
    .i32Const(blockColumns - 1)
    .op('i32.and')
    .i32Const((sumRows * pairBytes) / (2 * panel))
    .op('i32.mul');
  f.get(row).i32Const(pairBytes).op('i32.mul').op('i32.add').get(scratch).op('i32.add').set(sums);
  const tile = tileLocals(frame, epilogue.width);
  for (const [at, locals] of tile.entries())
    for (const [half, local] of locals.entries())
      f.get(sums)
        .load('v128.load', at * pairBytes + 16 * half)
        .set(local);
  f.release(sums);
  emitEpilogue(epilogue, tile);
  f.release(...tile.flat());
}
