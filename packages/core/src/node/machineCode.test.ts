import { afterEach, describe, expect, it } from 'vitest';
import type { LaneTree } from '../kernels/sumTree.ts';
import { ProductLibrary, type ProductPlan } from '../kernels/x64/productCode.ts';
import { productsAreExact } from '../runtime/wasm/probeProducts.ts';
import { productInstaller } from '../runtime/wasm/products.ts';
import { canRunProducts, installProducts } from './installProducts.ts';
import { useMachineCode } from './useMachineCode.ts';

afterEach(() => void useMachineCode(false));

it.skipIf(canRunProducts())(
  'stays with WebAssembly where the CPU or the system does not have what it takes',
  () => {
    expect(useMachineCode()).toBe(false);
    expect(productInstaller()).toBeUndefined();
  },
);

describe.skipIf(!canRunProducts())('machine code (needs x86-64 with AVX-512)', () => {
  it('is used from when it was asked for until it is told to stop', () => {
    expect(useMachineCode()).toBe(true);
    expect(productInstaller()).toBe(installProducts);
    expect(useMachineCode(false)).toBe(false);
    expect(productInstaller()).toBeUndefined();
  });

  it('is refused if one bit of its sums is another', () => {
    expect(productsAreExact(installProducts)).toBe(true);
    const wrong: typeof installProducts = (code, memory) => {
      const run = installProducts(code, memory);
      return (product, splat, vector, sums, units) => {
        run(product, splat, vector, sums, units);
        const words = new Uint32Array(memory.buffer, sums, 16);
        words[5] = (words[5] ?? 0) ^ 1;
      };
    };
    expect(productsAreExact(wrong)).toBe(false);
  });

  const lanes = (ends: readonly [number, number, number]): LaneTree => [
    [
      { start: 0, end: ends[0] },
      { start: ends[0], end: ends[1] },
    ],
    { start: ends[1], end: ends[2] },
  ];
  const even = { inner: 32, extent: undefined, outer: 0 };
  const plans: Readonly<Record<string, Partial<ProductPlan> & { tree: LaneTree }>> = {
    'one term': { tree: { start: 0, end: 1 } },
    'no term': { tree: { start: 0, end: 0 } },
    'terms in blocks of 8': { tree: { start: 0, end: 21 }, splat: { inner: 4, extent: 8, outer: 512 } },
    'terms in blocks of 12': { tree: { start: 0, end: 45 }, splat: { inner: 4, extent: 12, outer: 512 } },
    'terms in blocks of 4, lanes': { tree: lanes([4, 12, 18]), splat: { inner: 4, extent: 4, outer: 512 } },
    'both in blocks': {
      tree: lanes([16, 32, 41]),
      splat: { inner: 4, extent: 16, outer: 1024 },
      vector: { inner: 32, extent: 16, outer: 640 },
    },
    'one lane of several': { tree: { start: 24, end: 37 }, splat: { inner: 4, extent: 8, outer: 512 } },
    'four chunks': { tree: { start: 0, end: 3 * 512 + 5 } },
    'lanes of several chunks': { tree: lanes([520, 1600, 1610]) },
    'tiles of four rows': { tree: { start: 0, end: 9 }, unitRows: 12 },
  };

  it.each(Object.entries(plans))('sums %s as scalar arithmetic does', (_, options) => {
    for (const panels of [1, 2, 3, 7]) check({ panels, ...options });
  });

  /** Three units of rows that overlap in the operand, into sums with room for more rows than there are. */
  function check(options: Partial<ProductPlan> & { readonly tree: LaneTree; readonly panels: number }): void {
    const plan: ProductPlan = {
      splat: { inner: 4, extent: undefined, outer: 0 },
      vector: even,
      rowBytes: 8192,
      panelBytes: 64 * 1024,
      unitRows: 8,
      unitBytes: 16,
      sumRows: 40,
      packing: { offset: 65536, bytes: 65536 },
      ...options,
    };
    const library = new ProductLibrary();
    const product = library.define(plan);
    expect(library.define({ ...plan })).toBe(product);
    const code = library.toCode();
    if (code === undefined) throw new Error('there is no code');
    const memory = new WebAssembly.Memory({ initial: 12, maximum: 12, shared: true });
    const floats = new Float32Array(memory.buffer);
    let state = 1;
    for (let at = 0; at < floats.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      floats[at] = (state / 2 ** 31 - 1) * 2 ** -((state >>> 8) & 15);
    }
    const places = { splat: 64, vector: 2 * 65536, sums: 10 * 65536 };
    const units = 3;
    installProducts(code, memory)(product, places.splat, places.vector, places.sums, units);
    const offset = ({ inner, extent, outer }: ProductPlan['splat'], term: number): number =>
      extent === undefined ? term * inner : Math.floor(term / extent) * outer + (term % extent) * inner;
    const { fround } = Math;
    const sumOf = (tree: LaneTree, splat: number, vector: number): number => {
      if (!('start' in tree)) return fround(sumOf(tree[0], splat, vector) + sumOf(tree[1], splat, vector));
      let total: number | undefined;
      for (let chunk = tree.start; chunk < tree.end || total === undefined; chunk += 512) {
        let sum = 0;
        for (let term = chunk; term < Math.min(tree.end, chunk + 512); term += 1) {
          const first = floats[(splat + offset(plan.splat, term)) / 4] ?? 0;
          sum = fround(sum + fround(first * (floats[(vector + offset(plan.vector, term)) / 4] ?? 0)));
        }
        total = total === undefined ? sum : fround(total + sum);
      }
      return total;
    };
    for (let row = 0; row < units * plan.unitRows; row += 1) {
      const unit = Math.floor(row / plan.unitRows);
      const splat = places.splat + unit * plan.unitBytes + (row % plan.unitRows) * plan.rowBytes;
      for (let column = 0; column < 8 * plan.panels; column += 1) {
        const vector = places.vector + (column >> 3) * plan.panelBytes + 4 * (column & 7);
        const at = places.sums / 4 + (column >> 4) * plan.sumRows * 16 + row * 16 + (column & 15);
        expect(floats[at]).toBe(sumOf(plan.tree, splat, vector));
      }
    }
  }
});
