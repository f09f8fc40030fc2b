import { ProductLibrary, type ProductPlan } from '../../kernels/x64/productCode.ts';
import { pairBytes } from '../../kernels/x64/tileShape.ts';
import { chunkTerms } from '../../nest/nest.ts';
import type { InstallProducts } from './products.ts';

/** Two chunks, the second a short one, and every width of tile: 4 + 2 + 1 panels. */
const [rows, panels, terms] = [8, 7, chunkTerms + 13];
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
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 });
  const splat = new Float32Array(memory.buffer, 64, floats.splat);
  const vector = new Float32Array(memory.buffer, 64 + splat.byteLength, floats.vector);
  const sums = new Float32Array(memory.buffer, vector.byteOffset + vector.byteLength, floats.sums);
  fill(splat);
  fill(vector);
  install(code, memory)(product, splat.byteOffset, vector.byteOffset, sums.byteOffset, 1);
  const { fround } = Math;
  for (let column = 0; column < 8 * panels; column += 1)
    for (let row = 0; row < rows; row += 1) {
      const chunk = (from: number, to: number): number => {
        let sum = 0;
        for (let term = from; term < to; term += 1) {
          const factor = vector[(column >> 3) * panelFloats + 8 * term + (column & 7)] ?? 0;
          sum = fround(sum + fround((splat[rows * term + row] ?? 0) * factor));
        }
        return sum;
      };
      const wanted = fround(chunk(0, chunkTerms) + chunk(chunkTerms, terms));
      const at = ((column >> 4) * rows * pairBytes) / 4 + row * 16 + (column & 15);
      if (!Object.is(sums[at], wanted)) return false;
    }
  return true;
}
