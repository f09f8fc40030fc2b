// What the thread of a rank loads of this package (`@lockstep/core/rank`), and nothing more: it starts the sooner.
export { installProducts } from './node/installProducts.ts';
export type { ProductCode } from './runtime/wasm/products.ts';
export { WasmWorker, type WorkerPrograms } from './runtime/wasm/worker.ts';
