import { offsetAt, type TermSteps } from '../product.ts';
import type { Label, X64Assembler } from './assembler.ts';
import { columnRegister, productRegister, rowRegister, sumRegister, type TileShape } from './tileShape.ts';

/** How both operands of a product move. */
export interface TermMoves {
  readonly splat: TermSteps;
  readonly vector: TermSteps;
  /** Bytes between two rows of the splat operand, and between two panels of the vector operand. */
  readonly rowBytes: number;
  readonly panelBytes: number;
}

/**
 * Where the vector operand of a tile wider than a panel comes from. `panels` puts two panels together in each register, an
 * instruction more than a plain load, which costs 15 to 17% of the whole. So the first tile of a stripe (`packing`) leaves what it
 * put together at r13, which costs it nothing more that can be measured, and the others (`packed`) load it from there, at r9.
 */
export type ColumnSource = 'panels' | 'packing' | 'packed';

/** Bytes of the packed vector operand for one term. */
export const packedBytes = ({ vectors, bits }: TileShape): number => (vectors * bits) / 8;

interface Moves extends TermMoves {
  readonly columns: ColumnSource;
}

/** Terms written out in the innermost loop. */
const unroll = 8;

/**
 * Emits a subroutine that adds the products of `r10` terms, in order, to the sums. `r8` stands at the first term of the splat
 * operand and `r9` at that of the vector operand; both are left at the term behind the last one, which may be the first
 * of another call. Uses r11 and all vector registers.
 */
export function emitTermsRoutine(
  asm: X64Assembler,
  shape: TileShape,
  operands: TermMoves,
  columns: ColumnSource,
): Label {
  const packed = { inner: packedBytes(shape), extent: undefined, outer: 0 };
  const moves: Moves = { ...operands, ...(columns === 'packed' && { vector: packed }), columns };
  const { splat, vector } = moves;
  const block = splat.extent ?? vector.extent;
  const entry = asm.label();
  const done = asm.label();
  asm.align(64);
  asm.bind(entry);
  if (block === undefined) emitEven(asm, shape, moves);
  else {
    const rest = asm.label();
    const loop = asm.label();
    asm.compareConstant('r10', block);
    asm.jumpIf('below', rest);
    asm.align(64);
    asm.bind(loop);
    const looped = block > unroll ? Math.floor(block / unroll) * unroll : 0;
    if (looped > 0) {
      const inner = asm.label();
      asm.moveConstant('r11', looped / unroll);
      asm.align(64);
      asm.bind(inner);
      emitTermsAt(asm, shape, moves, unroll);
      step(asm, shape, moves, unroll);
      asm.addConstant('r11', -1);
      asm.jumpIf('notZero', inner);
    }
    emitTermsAt(asm, shape, moves, block - looped);
    asm.addConstant('r8', offsetAt(splat, block) - looped * splat.inner);
    asm.addConstant('r9', offsetAt(vector, block) - looped * vector.inner);
    if (columns === 'packing') asm.addConstant('r13', (block - looped) * packed.inner);
    asm.addConstant('r10', -block);
    asm.compareConstant('r10', block);
    asm.jumpIf('aboveOrEqual', loop);
    asm.bind(rest);
    asm.test('r10');
    asm.jumpIf('zero', done);
    emitEven(asm, shape, moves);
  }
  asm.bind(done);
  asm.return();
  return entry;
}

/** `r10` terms, evenly spaced: eight at a time, then one by one. */
function emitEven(asm: X64Assembler, shape: TileShape, moves: Moves): void {
  const [eights, single, singles, end] = [asm.label(), asm.label(), asm.label(), asm.label()];
  asm.move('r11', 'r10');
  asm.andConstant('r10', unroll - 1);
  asm.shiftRight('r11', Math.log2(unroll));
  asm.jumpIf('zero', singles);
  asm.align(64);
  asm.bind(eights);
  emitTermsAt(asm, shape, moves, unroll);
  step(asm, shape, moves, unroll);
  asm.addConstant('r11', -1);
  asm.jumpIf('notZero', eights);
  asm.bind(singles);
  asm.test('r10');
  asm.jumpIf('zero', end);
  asm.bind(single);
  emitTermsAt(asm, shape, moves, 1);
  step(asm, shape, moves, 1);
  asm.addConstant('r10', -1);
  asm.jumpIf('notZero', single);
  asm.bind(end);
}

function step(asm: X64Assembler, shape: TileShape, { splat, vector, columns }: Moves, terms: number): void {
  asm.addConstant('r8', terms * splat.inner);
  asm.addConstant('r9', terms * vector.inner);
  if (columns === 'packing') asm.addConstant('r13', terms * packedBytes(shape));
}

/** sum = sum + row x column, two roundings, for the next `count` terms; leaves the pointers where they are. */
function emitTermsAt(asm: X64Assembler, shape: TileShape, moves: Moves, count: number): void {
  const { rows, vectors, bits } = shape;
  for (let term = 0; term < count; term += 1) {
    const [ahead, across] = [term * moves.splat.inner, term * moves.vector.inner];
    for (let vector = 0; vector < vectors; vector += 1) {
      const column = columnRegister(vector);
      if (moves.columns === 'packed') {
        asm.vectorLoad(bits, column, { base: 'r9', offset: across + (vector * bits) / 8 });
        continue;
      }
      const low = across + 2 * vector * moves.panelBytes;
      asm.vectorLoad(256, column, { base: 'r9', offset: low });
      if (bits === 512) asm.insertUpper(column, column, { base: 'r9', offset: low + moves.panelBytes });
      if (moves.columns === 'packing')
        asm.vectorStore(
          bits,
          { base: 'r13', offset: term * packedBytes(shape) + (vector * bits) / 8 },
          column,
        );
    }
    for (let row = 0; row < rows; row += 1) {
      asm.vectorBroadcast(bits, rowRegister(row), { base: 'r8', offset: ahead + row * moves.rowBytes });
      for (let vector = 0; vector < vectors; vector += 1) {
        const product = productRegister(row * vectors + vector);
        const sum = sumRegister(shape, row, vector);
        asm.vectorMultiply(bits, product, rowRegister(row), columnRegister(vector));
        asm.vectorAdd(bits, sum, sum, product);
      }
    }
  }
}
