import type { TensorType } from '../tensor/tensorType.ts';
import type { Digit, Layout, ProgramTensor } from './program.ts';

/** Elements of one 256-bit vector: the last digit of every vector axis. */
export const panel = 8;

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** What decides a layout besides the type. */
export interface LayoutOptions {
  /** Axis that vectors run along: its elements lie in panels of 8. */
  readonly vectorAxis: number | undefined;
  /** Rows of the mini-batch, rows a unit of work holds, and whether a block holds one unit or all of them. */
  readonly batchSize: number;
  readonly rowUnit: number;
  readonly blocked: boolean;
}

/** The axis that vectors run along unless a product votes otherwise: the last one that is not the mini-batch. */
export function defaultVectorAxis(type: TensorType): number | undefined {
  const last = type.shape.length - 1;
  if (last < 0) return undefined;
  return last > 0 && type.batchAxis === last ? last - 1 : last;
}

/** Row-major without padding: what the host sees, and the layout of tables and data. */
export function denseLayout(shape: readonly number[]): Layout {
  const axes: Digit[][] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const extent = shape[axis] ?? 1;
    axes.unshift([{ extent, stride }]);
    stride *= extent;
  }
  return { axes, elements: stride };
}

/** A matrix whose rows lie in one piece each, of whole panels: `[row][C / 8][8]`. */
export function panelRows([rows = 1, columns = 1]: readonly number[]): Layout {
  const panels = Math.ceil(columns / panel);
  return {
    axes: [
      [{ extent: rows, stride: panels * panel }],
      [
        { extent: panel, stride: 1 },
        { extent: panels, stride: panel },
      ],
    ],
    elements: rows * panels * panel,
  };
}

/** Rows (of one long axis) with features padded to a whole panel: the layout of a data set. */
export function paddedRows(shape: readonly number[]): Layout {
  const last = shape.length - 1;
  if (last < 1) return denseLayout(shape);
  const padded = denseLayout(shape.map((size, axis) => (axis === last ? roundUp(size, panel) : size)));
  return {
    ...padded,
    axes: padded.axes.map((digits, axis) =>
      digits.map((digit) => ({ ...digit, extent: shape[axis] ?? digit.extent })),
    ),
  };
}

/**
 * The blocked layout that every product runs on: `[row block][outer axes][vector axis / 8][row][8]`. Rows are the last axis that is
 * neither the vector axis nor the mini-batch (all rows in one block), and the mini-batch is the outermost axis: for a tensor
 * [B, T, C] that is [B][C/8][T][8]. In a tensor of two axes the mini-batch itself is the rows (R to a block): activations
 * [B, C] are [B/R][C/8][R][8]. A dense layer's weight [K, N] is [N/8][K][8]. A vector over the mini-batch itself ([B]) is
 * contiguous.
 */
export function blockedLayout(type: TensorType, options: LayoutOptions): Layout {
  const { shape, batchAxis } = type;
  const { vectorAxis } = options;
  if (vectorAxis === undefined)
    return { axes: shape.map((extent) => [{ extent, stride: 1 }]), elements: panel };
  const size = (axis: number): number => shape[axis] ?? 1;
  const perRow = batchAxis === undefined ? 1 : size(batchAxis) / options.batchSize;
  const unit = options.rowUnit * perRow;
  const paddedBatch = (axis: number): number => roundUp(size(axis), unit);
  const paddedRowsOf = (axis: number): number => {
    if (axis === batchAxis) return paddedBatch(axis);
    // Units of rows are whole panels where there is no mini-batch to share out.
    return batchAxis === undefined ? roundUp(size(axis), panel) : size(axis);
  };
  const axes: Digit[][] = shape.map(() => []);

  if (vectorAxis === batchAxis) {
    const elements = roundUp(paddedBatch(vectorAxis), panel);
    axes[vectorAxis] = [{ extent: elements, stride: 1 }];
    return { axes, elements };
  }

  const others = shape.map((_, axis) => axis).filter((axis) => axis !== vectorAxis && axis !== batchAxis);
  const rowAxis = others.pop() ?? batchAxis;
  const ofBatch = batchAxis !== undefined && rowAxis !== batchAxis;
  const rows = rowAxis === undefined ? 1 : paddedRowsOf(rowAxis);
  const block = !ofBatch && batchAxis !== undefined && options.blocked ? unit : rows;
  const panels = Math.ceil(size(vectorAxis) / panel);
  axes[vectorAxis] = [
    { extent: panel, stride: 1 },
    { extent: panels, stride: block * panel },
  ];
  let stride = panels * block * panel;
  for (const axis of others.reverse()) {
    axes[axis] = [{ extent: size(axis), stride }];
    stride *= size(axis);
  }
  if (ofBatch) {
    axes[batchAxis] = [{ extent: paddedBatch(batchAxis), stride }];
    stride *= paddedBatch(batchAxis);
  }
  if (rowAxis !== undefined)
    axes[rowAxis] =
      block === rows
        ? [{ extent: rows, stride: panel }]
        : [
            { extent: block, stride: panel },
            { extent: rows / block, stride },
          ];
  return { axes, elements: stride * (rows / block) };
}

/** Offset in elements that one axis index contributes: its digits in mixed radix. */
export function digitsOffset(digits: readonly Digit[], index: number): number {
  let rest = index;
  let offset = 0;
  for (const { extent, stride } of digits) {
    offset += (rest % extent) * stride;
    rest = Math.floor(rest / extent);
  }
  return offset;
}

/** Of a scalar's only element. */
const noOffset = Int32Array.of(0);

/** Calls `visit(logical, physical)` for every element: its row-major number and its offset in the layout. */
export function forEachElement(
  tensor: Pick<ProgramTensor, 'shape' | 'layout'>,
  visit: (logical: number, physical: number) => void,
): void {
  const { shape, layout } = tensor;
  const tables = shape.map((size, axis) =>
    Int32Array.from({ length: size }, (_, at) => digitsOffset(layout.axes[axis] ?? [], at)),
  );
  const last = tables.length - 1;
  let logical = 0;
  const recur = (axis: number, physical: number): void => {
    const table = tables[axis] ?? noOffset;
    for (let at = 0; at < table.length; at += 1) {
      const here = physical + (table[at] ?? 0);
      if (axis < last) recur(axis + 1, here);
      else {
        visit(logical, here);
        logical += 1;
      }
    }
  };
  recur(0, 0);
}
