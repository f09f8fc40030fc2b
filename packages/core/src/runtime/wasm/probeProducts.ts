import { ProductLibrary, type ProductPlan } from '../../kernels/x64/productCode.ts';
import { pairBytes } from '../../kernels/x64/tileShape.ts';
import type { InstallProducts } from './products.ts';

/** Every width of tile, 4 + 2 + 1 panels, and as many tiles of rows as it takes to have a packed operand. */
const [rows, panels, terms] = [24, 7, 45];
const panelFloats = 8 * terms;
const floats = { splat: rows * terms, vector: panels * panelFloats, sums: Math.ceil(panels / 2) * rows * 16 };
const plan: ProductPlan = {
  splat: { inner: 4 * rows, extent: undefined, outer: 0 },
  vector: { inner: 32, extent: undefined, outer: 0 },
  rowBytes: 4,
  panelBytes: 4 * panelFloats,
  tree: { start: 0, end: terms },
  unitRows: rows,
  unitBytes: 0,
  panels,
  sumRows: rows,
  packing: { offset: 4 * floats.sums, bytes: 8192 },
};

/** Values of either sign over 16 binades, so that sums round and cancel, and some that are denormal. */
function fill(values: Float32Array): void {
  let state = 1;
  for (let at = 0; at < values.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const scale = at % 61 === 0 ? 2 ** -130 : 2 ** -((state >>> 8) & 15);
    values[at] = (state / 2 ** 31 - 1) * scale;
  }
}

/** Whether a product made by machine code has the bits that scalar arithmetic gives, rounded after every operation. */
export function productsAreExact(install: InstallProducts): boolean {
  const library = new ProductLibrary();
  const product = library.define(plan);
  const code = library.toCode();
  if (code === undefined) return false;
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  const splat = new Float32Array(memory.buffer, 64, floats.splat);
  const vector = new Float32Array(memory.buffer, 64 + splat.byteLength, floats.vector);
  const sums = new Float32Array(memory.buffer, vector.byteOffset + vector.byteLength, floats.sums);
  fill(splat);
  fill(vector);
  install(code, memory)(product, splat.byteOffset, vector.byteOffset, sums.byteOffset, 1);
  const { fround } = Math;
  for (let column = 0; column < 8 * panels; column += 1)
    for (let row = 0; row < rows; row += 1) {
      let sum = 0;
      for (let term = 0; term < terms; term += 1) {
        const factor = vector[(column >> 3) * panelFloats + 8 * term + (column & 7)] ?? 0;
        sum = fround(sum + fround((splat[rows * term + row] ?? 0) * factor));
      }
      const at = ((column >> 4) * rows * pairBytes) / 4 + row * 16 + (column & 15);
      if (!Object.is(sums[at], sum)) return false;
    }
  return true;
}
