import { chunkTerms } from '../../nest/nest.ts';
import { offsetAt } from '../product.ts';
import { isLane, type LaneTree, lanesOf, type Range } from '../sumTree.ts';
import { type Address, type Label, type Register, X64Assembler } from './assembler.ts';
import { type ColumnSource, emitTermsRoutine, packedBytes, type TermMoves } from './terms.ts';
import {
  pairBytes,
  productRegister,
  shapeBytes,
  shapesFor,
  sumRegister,
  type TileShape,
} from './tileShape.ts';

/** The sums of a block of a matrix product, as plain numbers: all that its machine code depends on. */
export interface ProductPlan extends TermMoves {
  readonly tree: LaneTree;
  /** Rows in one unit of the share, and bytes between two units in the splat operand. */
  readonly unitRows: number;
  readonly unitBytes: number;
  /** Panels of eight columns. */
  readonly panels: number;
  /** Rows that are kept free for each pair of panels where sums are stored. */
  readonly sumRows: number;
  /** Where the vector operand may be packed: how far behind the sums, and how much room there is. */
  readonly packing: { readonly offset: number; readonly bytes: number };
}

/** Machine code of the products of a module: plain data. */
export interface ProductCode {
  /** The first eight bytes are free for the address of the WebAssembly memory, which the code adds to its arguments. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the code of each product starts. */
  readonly entries: readonly number[];
}

const saved: readonly Register[] = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'];

/**
 * Collects the products of a module and writes their machine code: x86-64 with AVX-512F and AVX-512VL, System V calling convention.
 * Each is a function of the address of the splat operand, of the vector operand, of the sums, and a number of units;
 * addresses count from the start of the memory. It stores the sums in pairs of panels: [pair][row][16].
 *
 * Every operation is the one that the WebAssembly kernel makes, in its order: multiply, add, terms in order from +0 in chunks of
 * 512, lanes in their tree. Only the number of sums that are made side by side is another one.
 */
export class ProductLibrary {
  readonly #asm = new X64Assembler();
  readonly #base: Label = this.#asm.label();
  readonly #known = new Map<string, number>();
  readonly #entries: number[] = [];

  constructor() {
    this.#asm.bind(this.#base);
    this.#asm.bytes64(0n);
  }

  /** Number of a product's code. Equal products share theirs. */
  define(plan: ProductPlan): number {
    const key = JSON.stringify(plan);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#entries.push(emitProduct(this.#asm, this.#base, plan));
    this.#known.set(key, this.#entries.length - 1);
    return this.#entries.length - 1;
  }

  /** Undefined if there are no products. */
  toCode(): ProductCode | undefined {
    return this.#entries.length === 0 ? undefined : { bytes: this.#asm.toBytes(), entries: this.#entries };
  }
}

const depthOf = (tree: LaneTree): number =>
  isLane(tree) ? 1 : Math.max(depthOf(tree[0]), 1 + depthOf(tree[1]));

const firstLane = (tree: LaneTree): Range => (isLane(tree) ? tree : firstLane(tree[0]));

interface Stripe {
  readonly shape: TileShape;
  readonly count: number;
}

function stripesOf(panels: number, rows: 4 | 8): readonly Stripe[] {
  let left = panels;
  return shapesFor(rows).map((shape) => {
    const count = Math.floor(left / shape.panels);
    left -= count * shape.panels;
    return { shape, count };
  });
}

/** Fewer tiles than this in a stripe, and it does not pay to pack the vector operand. */
const leastPackedTiles = 3;

/** How a stripe's tiles get their sums: the first one, and all others. */
interface StripeCode extends Stripe {
  readonly first: TileCode;
  readonly others: TileCode;
}

function stripeCode(asm: X64Assembler, plan: ProductPlan, stripe: Stripe): StripeCode {
  const { shape } = stripe;
  const terms = lanesOf(plan.tree).reduce((total, { start, end }) => total + end - start, 0);
  const pays =
    shape.bits === 512 &&
    plan.sumRows / shape.rows >= leastPackedTiles &&
    terms * packedBytes(shape) <= plan.packing.bytes;
  const code = (columns: ColumnSource): TileCode => ({
    plan,
    shape,
    columns,
    routine: emitTermsRoutine(asm, shape, plan, columns),
  });
  if (pays) return { ...stripe, first: code('packing'), others: code('packed') };
  const only = code('panels');
  return { ...stripe, first: only, others: only };
}

/**
 * Registers: r12 the splat operand, rsi the stripe's panels, rdx the stripe's sums, rbp stripes left; rdi the unit's rows, rbx units
 * left; r15 the tile's rows, rcx its sums, rax tiles left.
 */
function emitProduct(asm: X64Assembler, base: Label, plan: ProductPlan): number {
  const rows = plan.unitRows % 8 === 0 ? 8 : 4;
  const stripes = stripesOf(plan.panels, rows)
    .filter(({ count }) => count > 0)
    .map((stripe) => stripeCode(asm, plan, stripe));
  const spillBytes = Math.max(...stripes.map(({ shape }) => shapeBytes(shape))) * depthOf(plan.tree);
  const units: Address = { base: 'rsp', offset: spillBytes };
  const packed: Address = { base: 'rsp', offset: spillBytes + 8 };
  const tiles = plan.unitRows / rows;
  asm.align(64);
  const entry = asm.position;
  for (const register of saved) asm.push(register);
  asm.addConstant('rsp', -spillBytes - 16);
  asm.loadAt('rax', base);
  for (const register of ['rdi', 'rsi', 'rdx', 'rcx'] as const) asm.moveLow(register, register);
  for (const register of ['rdi', 'rsi', 'rdx'] as const) asm.add(register, 'rax');
  asm.move('r12', 'rdi');
  asm.store(units, 'rcx');
  asm.loadAddress('r13', { base: 'rdx', offset: plan.packing.offset });
  asm.store(packed, 'r13');
  for (const { shape, count, first, others } of stripes)
    repeat(asm, 'rbp', count, () => {
      const tile = (code: TileCode): void => {
        emitTile(asm, code, packed);
        asm.addConstant('r15', rows * plan.rowBytes);
        asm.addConstant('rcx', rows * pairBytes);
      };
      const [unit, done] = [asm.label(), asm.label()];
      asm.move('rdi', 'r12');
      asm.move('r15', 'r12');
      asm.move('rcx', 'rdx');
      tile(first);
      if (tiles > 1) repeat(asm, 'rax', tiles - 1, () => tile(others));
      asm.load('rbx', units);
      asm.addConstant('rbx', -1);
      asm.jumpIf('zero', done);
      asm.bind(unit);
      asm.addConstant('rdi', plan.unitBytes);
      asm.move('r15', 'rdi');
      repeat(asm, 'rax', tiles, () => tile(others));
      asm.addConstant('rbx', -1);
      asm.jumpIf('notZero', unit);
      asm.bind(done);
      asm.addConstant('rsi', shape.panels * plan.panelBytes);
      asm.addConstant('rdx', (shape.panels / 2) * plan.sumRows * pairBytes);
    });
  asm.zeroUpper();
  asm.addConstant('rsp', spillBytes + 16);
  for (const register of saved.toReversed()) asm.pop(register);
  asm.return();
  return entry;
}

/** Emits `body` `times` times over, at least once, counted down in a register that it leaves alone. */
function repeat(asm: X64Assembler, counter: Register, times: number, body: () => void): void {
  if (times === 1) {
    body();
    return;
  }
  const loop = asm.label();
  asm.moveConstant(counter, times);
  asm.bind(loop);
  body();
  asm.addConstant(counter, -1);
  asm.jumpIf('notZero', loop);
}

interface TileCode {
  readonly plan: ProductPlan;
  readonly shape: TileShape;
  readonly columns: ColumnSource;
  readonly routine: Label;
}

/** Sums one tile whose splat operand starts at r15 and whose vector operand at rsi, and stores it at rcx. */
function emitTile(asm: X64Assembler, tile: TileCode, packed: Address): void {
  const { plan, shape, columns } = tile;
  // Lanes follow each other and start where blocks do, so the pointers need not be set again. The first may be one of many.
  const { start } = firstLane(plan.tree);
  asm.move('r8', 'r15');
  asm.addConstant('r8', offsetAt(plan.splat, start));
  if (columns === 'packing') asm.load('r13', packed);
  if (columns === 'packed') asm.load('r9', packed);
  else {
    asm.move('r9', 'rsi');
    asm.addConstant('r9', offsetAt(plan.vector, start));
  }
  emitTree(asm, tile, plan.tree, 0);
  eachSum(shape, (sum, row, vector) => {
    const offset = vector * plan.sumRows * pairBytes + row * pairBytes;
    asm.vectorStore(shape.bits, { base: 'rcx', offset }, sum);
  });
}

function eachSum(shape: TileShape, visit: (sum: number, row: number, vector: number) => void): void {
  for (let row = 0; row < shape.rows; row += 1)
    for (let vector = 0; vector < shape.vectors; vector += 1)
      visit(sumRegister(shape, row, vector), row, vector);
}

function spill(asm: X64Assembler, shape: TileShape, depth: number): void {
  eachSum(shape, (sum) =>
    asm.vectorStore(shape.bits, { base: 'rsp', offset: depth * shapeBytes(shape) + sum * pairBytes }, sum),
  );
}

/** sum = what was spilled + sum */
function addSpilled(asm: X64Assembler, shape: TileShape, depth: number): void {
  eachSum(shape, (sum) => {
    const before = productRegister(sum);
    asm.vectorLoad(shape.bits, before, { base: 'rsp', offset: depth * shapeBytes(shape) + sum * pairBytes });
    asm.vectorAdd(shape.bits, sum, before, sum);
  });
}

/** Leaves the sum over a subtree of lanes in the sums' registers; `depth` is the first free level of the stack. */
function emitTree(asm: X64Assembler, tile: TileCode, tree: LaneTree, depth: number): void {
  if (isLane(tree)) {
    emitLane(asm, tile, tree, depth);
    return;
  }
  emitTree(asm, tile, tree[0], depth);
  spill(asm, tile.shape, depth);
  emitTree(asm, tile, tree[1], depth + 1);
  addSpilled(asm, tile.shape, depth);
}

/** One chain of terms, in chunks whose sums are added in order. */
function emitLane(
  asm: X64Assembler,
  { shape, routine }: TileCode,
  { start, end }: Range,
  depth: number,
): void {
  const chunk = (terms: number): void => {
    eachSum(shape, (sum) => asm.vectorZero(sum));
    if (terms === 0) return;
    asm.moveConstant('r10', terms);
    asm.call(routine);
  };
  const terms = end - start;
  const chunks = Math.max(1, Math.ceil(terms / chunkTerms));
  chunk(Math.min(terms, chunkTerms));
  if (chunks > 2)
    repeat(asm, 'r14', chunks - 2, () => {
      spill(asm, shape, depth);
      chunk(chunkTerms);
      addSpilled(asm, shape, depth);
    });
  if (chunks > 1) {
    spill(asm, shape, depth);
    chunk(terms - (chunks - 1) * chunkTerms);
    addSpilled(asm, shape, depth);
  }
}
