import { ProductLibrary } from '../../packages/core/src/kernels/x64/productCode.ts';
import { installProducts } from '../../packages/core/src/node/installProducts.ts';
import { probeWidth } from '../../packages/core/src/runtime/wasm/probe.ts';
import { probeFlops, probeKernels } from '../../packages/core/src/runtime/wasm/probeKernels.ts';
import { productInstaller } from '../../packages/core/src/runtime/wasm/products.ts';
import type { Timing } from './quiet.ts';

/** A micro-kernel whose operands stay in the first-level cache. */
interface MicroKernel {
  run(times: number): void;
  readonly flops: number;
}

/** The WebAssembly kernel, in the width that suits this process. */
function wasmKernel(): MicroKernel {
  const { narrow, wide } = probeKernels();
  const kernel = probeWidth().wide ? wide : narrow;
  return { run: (times) => kernel.run(times), flops: probeFlops };
}

/** One stripe of 32 columns over eight tiles of rows: 8 KiB of one operand, 16 KiB of the other. */
function machineKernel(): MicroKernel {
  const [rows, columns, terms, units] = [8, 32, 128, 8];
  const library = new ProductLibrary();
  const product = library.define({
    splat: { inner: 4 * rows, extent: undefined, outer: 0 },
    vector: { inner: 32, extent: undefined, outer: 0 },
    rowBytes: 4,
    panelBytes: 32 * terms,
    tree: { start: 0, end: terms },
    unitRows: rows,
    unitBytes: 0,
    panels: columns / 8,
    sumRows: rows * units,
    packing: { offset: 32768, bytes: 32768 },
  });
  const code = library.toCode();
  if (code === undefined) throw new Error('a library with a product has code');
  const memory = new WebAssembly.Memory({ initial: 3, maximum: 3 });
  new Float32Array(memory.buffer).fill(1 / 3);
  const run = installProducts(code, memory);
  return {
    run: (times) => {
      for (let time = 0; time < times; time += 1) run(product, 64, 16384, 65536, units);
    },
    flops: 2 * rows * columns * terms * units,
  };
}

/** Work of about 60 ms at 120 GFLOP/s. */
const flops = 7e9;
/** A call runs to its end in the code it began with: short ones at first, until the optimising compiler has come. */
const timesToWarm = 200;
const millisecondsToWarm = 100;

/**
 * What separate multiplications and additions can reach at most: the product micro-kernel, as this process makes products, on
 * operands in the first-level cache.
 */
export class Peak {
  readonly #kernel: MicroKernel;
  readonly #times: number;

  constructor() {
    this.#kernel = productInstaller() === undefined ? wasmKernel() : machineKernel();
    this.#times = Math.round(flops / this.#kernel.flops);
    const start = performance.now();
    while (performance.now() - start < millisecondsToWarm) this.#kernel.run(timesToWarm);
  }

  measure(): Timing & { readonly gflops: number } {
    const [start, cpuStart] = [performance.now(), process.cpuUsage()];
    this.#kernel.run(this.#times);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuStart);
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      gflops: (this.#times * this.#kernel.flops) / seconds / 1e9,
    };
  }
}
