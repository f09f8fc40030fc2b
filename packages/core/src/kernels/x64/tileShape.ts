import type { VectorBits } from './assembler.ts';

/** Sums that a tile keeps in vector registers: rows by columns. */
export interface TileShape {
  readonly rows: 4 | 8;
  /** Registers in a row, and how wide they are. */
  readonly vectors: 1 | 2;
  readonly bits: VectorBits;
  /** Panels of eight columns. */
  readonly panels: 1 | 2 | 4;
}

/**
 * Shapes for stripes of four, two and one panels, widest first. 8 x 32 keeps 16 sums in flight, twice what the adders' latency
 * asks for, and loads 12 times for 32 operations: a third less than the load ports can do.
 */
export const shapesFor = (rows: 4 | 8): readonly TileShape[] => [
  { rows, vectors: 2, bits: 512, panels: 4 },
  { rows, vectors: 1, bits: 512, panels: 2 },
  { rows, vectors: 1, bits: 256, panels: 1 },
];

/** Bytes that one row of a pair of panels takes where sums are stored. */
export const pairBytes = 64;

export const shapeBytes = ({ rows, vectors }: TileShape): number => rows * vectors * pairBytes;

/** The register of each sum. */
export const sumRegister = ({ vectors }: TileShape, row: number, vector: number): number =>
  row * vectors + vector;

/** Registers that are not sums: the vector operand's, then products on their way into a sum. */
export const columnRegister = (vector: number): number => 16 + vector;
export const rowRegister = (row: number): number => 18 + (row & 1);
export const productRegister = (at: number): number => 20 + (at % 12);
