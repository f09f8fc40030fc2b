import { probeWidth } from '../../packages/core/src/runtime/wasm/probe.ts';
import { probeFlops, probeKernels } from '../../packages/core/src/runtime/wasm/probeKernels.ts';
import type { Timing } from './quiet.ts';

const tiles = 200_000;
/** A call runs to its end in the code it began with: short ones at first, until the optimising compiler has come. */
const tilesToWarm = 200;
const millisecondsToWarm = 100;

/**
 * What a multiplication and an addition in plain WebAssembly SIMD can reach at most: the product micro-kernel, in the width that
 * suits this process, on operands in the first-level cache.
 */
export class Peak {
  readonly #run: (times: number) => void;

  constructor() {
    const { narrow, wide } = probeKernels();
    const kernel = probeWidth().wide ? wide : narrow;
    this.#run = (times) => kernel.run(times);
    const start = performance.now();
    while (performance.now() - start < millisecondsToWarm) this.#run(tilesToWarm);
  }

  /** About 60 ms of work. */
  measure(): Timing & { readonly gflops: number } {
    const [start, cpuStart] = [performance.now(), process.cpuUsage()];
    this.#run(tiles);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuStart);
    return { seconds, cpuSeconds: (user + system) / 1e6, gflops: (tiles * probeFlops) / seconds / 1e9 };
  }
}
