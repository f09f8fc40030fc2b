import type { Digit } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import type { Contraction } from '../nest/contraction.ts';
import { chunkTerms } from '../nest/nest.ts';
import { accessesOf } from './expression.ts';
import { type Frame, isGuarded } from './frame.ts';
import type { Stream } from './stream.ts';
import { type LaneTree, lanesOf, laneTree } from './sumTree.ts';
import { digitsOf, floatBytes, openTileStream, rowBlock, tileable, tileRows } from './tiles.ts';

/** How the address of one operand moves along the reduced axis: `extent` terms `inner` bytes apart, then `outer` to the next block. */
export interface TermSteps {
  readonly inner: number;
  readonly extent: number | undefined;
  readonly outer: number;
}

export interface Product {
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

function termSteps([low, high]: readonly Digit[]): TermSteps {
  const inner = (low?.stride ?? 0) * floatBytes;
  if (low === undefined || high === undefined) return { inner, extent: undefined, outer: 0 };
  return { inner, extent: low.extent, outer: high.stride * floatBytes };
}

/** Terms that both operands step through evenly before one of them jumps. */
export const blockOf = (product: Pick<Product, 'splatSteps' | 'vectorSteps'>): number | undefined =>
  product.splatSteps.extent ?? product.vectorSteps.extent;

export const offsetAt = ({ inner, extent, outer }: TermSteps, term: number): number =>
  extent === undefined ? term * inner : Math.floor(term / extent) * outer + (term % extent) * inner;

/**
 * Whether a product's operands lie so that the tiled kernel can run: a tile's four rows evenly apart, the vector operand
 * contiguous, both operands in step along the reduced axis, every chain of terms starting at the start of a block. Either the rows
 * are shared out between workers, or an outer axis is.
 */
export function canTile(frame: Frame, contraction: Contraction): boolean {
  const { nest, split } = frame;
  const { m, n, k, outer } = contraction;
  if (split.kind !== 'axis' || isGuarded(frame)) return false;
  if (
    split.axis === m
      ? split.unit % tileRows !== 0
      : !outer.includes(split.axis) || !wholeRowsFit(frame, contraction)
  )
    return false;
  const product = openProduct(frame, contraction);
  const { splat, vector, splatSteps, vectorSteps, tree } = product;
  const rows = digitsOf(frame, contraction.splat, m);
  const rowsEven = splat.strides.has(m) && (rows.length === 1 || (rows[0]?.extent ?? 0) % tileRows === 0);
  if (!rowsEven || splat.lane !== 'splat' || vector.lane !== 'contiguous') return false;
  // Blocked terms are stepped through by this kernel's own loops; any other computed dimension is not.
  const others = [...splat.computed, ...vector.computed].filter(({ axes }) => !axes.has(k));
  if (others.length > 0 || digitsOf(frame, contraction.vector, n).length !== 2) return false;
  const extents = [splatSteps.extent, vectorSteps.extent].filter((extent) => extent !== undefined);
  const [block] = extents;
  if (extents.some((extent) => extent !== block)) return false;
  if (
    block !== undefined &&
    (lanesOf(tree).some(({ start }) => start % block !== 0) ||
      (lanesOf(tree).some(({ start, end }) => end - start > chunkTerms) && chunkTerms % block !== 0))
  )
    return false;
  const values = accessesOf(nest.stores.map((store) => store.value));
  return [...values, ...nest.stores].every((access) => tileable(frame, access, contraction));
}

/**
 * Whether tiles can go over all rows of a product: at least one tile; a last one that covers some rows again only where that
 * changes nothing and no tensor has its rows in blocks; blocks of whole tiles, the same for all tensors.
 */
function wholeRowsFit(frame: Frame, contraction: Contraction): boolean {
  const { nest } = frame;
  const rows = nest.axes[contraction.m]?.size ?? 0;
  const values = accessesOf(nest.stores.map((store) => store.value));
  const blocks = [contraction.splat, ...values, ...nest.stores].flatMap(
    (access) => rowBlock(frame, access, contraction) ?? [],
  );
  const [block] = blocks;
  if (rows < tileRows || blocks.some((other) => other !== block || other % tileRows !== 0)) return false;
  const inPlace = values.some(({ tensor }) => nest.stores.some((store) => store.tensor === tensor));
  return rows % tileRows === 0 || (block === undefined && !inPlace);
}

export function openProduct(frame: Frame, contraction: Contraction): Product {
  const { nest } = frame;
  const { reduction } = nest;
  if (reduction === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} has no reduction`);
  const splat = openTileStream(frame, contraction.splat, contraction);
  const vector = openTileStream(frame, contraction.vector, contraction);
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
